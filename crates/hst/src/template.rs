//! The example that people copy and tests use.

use hakurei_check::absolute;

use crate::{
    Bind, BusConfig, Config, Container, Enablements, Ephemeral, ExtraPerm, Filesystem, Flags,
    Identity, Link, Overlay, Text,
};

/// A configuration in which nearly everything is set, as an example.
///
/// The file `template.json` beside this one is the same as JSON. `direct_wayland` is the one thing
/// left out: it takes a protection away, and an example is copied.
///
/// ```
/// let template = hakurei_hst::template();
/// template.validate()?;
/// assert_eq!(template.identity.get(), 9);
/// # Ok::<(), hakurei_hst::AppError>(())
/// ```
#[must_use]
pub fn template() -> Config {
    Config {
        id: "org.example.Atelier".into(),
        enablements: Some(Enablements::WAYLAND | Enablements::DBUS | Enablements::PULSE),
        session_bus: Some(session_bus()),
        system_bus: Some(BusConfig {
            talk: texts(["org.bluez", "org.freedesktop.ColorManager"]),
            log: true,
            filter: true,
            ..BusConfig::default()
        }),
        extra_perms: vec![
            ExtraPerm {
                ensure: true,
                path: Some(absolute!("/var/lib/hakurei/u0")),
                execute: true,
                ..ExtraPerm::default()
            },
            ExtraPerm {
                path: Some(absolute!("/var/lib/hakurei/u0/org.example.Atelier")),
                read: true,
                write: true,
                execute: true,
                ..ExtraPerm::default()
            },
        ],
        identity: Identity::from_static(9),
        groups: texts(["video", "lp", "scanner"]),
        container: Some(container()),
        ..Config::default()
    }
}

fn session_bus() -> BusConfig {
    let portals = || Text::from("org.freedesktop.portal.*");
    BusConfig {
        see: texts(["org.a11y.Bus"]),
        talk: texts(["org.freedesktop.Notifications", "org.freedesktop.ScreenSaver"]),
        own: texts(["org.example.Atelier.*"]),
        call: Some([(portals(), Text::from("*"))].into()),
        broadcast: Some([(portals(), Text::from("@/org/freedesktop/portal/*"))].into()),
        filter: true,
        ..BusConfig::default()
    }
}

fn container() -> Container {
    let env = [("LANG", "C.UTF-8"), ("ATELIER_CACHE", "/tmp/atelier")];
    Container {
        hostname: "atelier".into(),
        wait_delay: 10_000_000_000,
        env: Some(env.map(|(name, value)| (name.into(), value.into())).into()),
        filesystem: Some(filesystem()),
        username: "painter".into(),
        shell: Some(absolute!("/bin/sh")),
        home: Some(absolute!("/data/org.example.Atelier")),
        path: Some(absolute!("/opt/atelier/bin/atelier")),
        args: texts(["atelier", "--canvas", "a4", "--colour-profile=srgb", "untitled.ora"]),
        flags: Flags::ALL,
    }
}

/// Two of each kind, from the root upwards.
fn filesystem() -> Vec<Filesystem> {
    vec![
        Filesystem::Bind(Bind {
            target: Some(absolute!("/")),
            source: Some(absolute!("/var/lib/hakurei/base/org.debian")),
            write: true,
            special: true,
            ..Bind::default()
        }),
        Filesystem::Ephemeral(Ephemeral {
            target: Some(absolute!("/tmp/")),
            write: true,
            size: 268_435_456,
            perm: 0o755,
        }),
        Filesystem::Ephemeral(Ephemeral {
            target: Some(absolute!("/run/nscd")),
            ..Ephemeral::default()
        }),
        Filesystem::Overlay(Overlay {
            target: Some(absolute!("/opt/atelier")),
            lower: Some(vec![Some(absolute!("/opt/atelier"))]),
            upper: Some(absolute!("/var/lib/hakurei/u0/org.example.Atelier/opt/upper")),
            work: Some(absolute!("/var/lib/hakurei/u0/org.example.Atelier/opt/work")),
        }),
        Filesystem::Overlay(Overlay {
            target: Some(absolute!("/usr/share/fonts")),
            lower: Some(vec![
                Some(absolute!("/usr/local/share/fonts")),
                Some(absolute!("/usr/share/fonts")),
            ]),
            ..Overlay::default()
        }),
        Filesystem::Link(Link {
            target: Some(absolute!("/run/current-system")),
            linkname: "/run/current-system".into(),
            dereference: true,
        }),
        Filesystem::Bind(Bind {
            target: Some(absolute!("/data/org.example.Atelier")),
            source: Some(absolute!("/var/lib/hakurei/u0/org.example.Atelier/home")),
            write: true,
            ensure: true,
            ..Bind::default()
        }),
        Filesystem::Bind(Bind {
            source: Some(absolute!("/dev/dri")),
            device: true,
            optional: true,
            ..Bind::default()
        }),
    ]
}

fn texts<const N: usize>(texts: [&str; N]) -> Option<Vec<Text>> {
    Some(texts.map(Text::from).into())
}

#[cfg(test)]
mod tests {
    use super::template;
    use crate::Config;

    #[test]
    fn the_file_is_what_the_code_says() {
        let file = include_str!("template.json");
        assert_eq!(file, template().to_json_pretty().unwrap() + "\n", "copy the right one");
        assert_eq!(Config::from_json(file.as_bytes()).unwrap(), template());
    }
}
