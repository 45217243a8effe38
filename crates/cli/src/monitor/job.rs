//! Where this process stands as a job of a shell's.

use crate::standing::Standing;

/// Whether nobody could continue this process's group if it stopped: no member of it has a parent in
/// another group of the same session, as a shell is.
///
/// The kernel lets no SIGTSTP stop such a group (setpgid(2)), for it would never wake. Only this
/// process's own line of parents is looked at.
pub(super) fn is_orphaned() -> bool {
    let Some(ours) = Standing::ours() else { return true };
    let mut parent = Standing::of(ours.parent);
    while let Some(above) = parent {
        if above.session != ours.session {
            return true;
        } else if above.group != ours.group {
            return false;
        }
        parent = Standing::of(above.parent);
    }
    true
}
