//! Leases that are taken, kept, handed on and ended.

use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use hakurei_hst::{Identity, InstanceId, State};
use hakurei_store::{ErrorKind, Lease, LeaseError, Wait};
use hakurei_tests::{descriptors, id, state};

use crate::order::Order;
use crate::process::refused_in_a_child;
use crate::{Answer, Peer, failed, say};

impl Peer {
    /// Obeys an order about leases; none if it is none.
    pub(crate) fn change_leases(&mut self, order: &mut Order<'_>) -> Option<Answer> {
        Some(match order.name() {
            "save" | "save-durably" => {
                let durably = order.name() == "save-durably";
                let mut state = state(order.identity(), id(std::process::id(), order.number()));
                state.shim_pid = order.number().into();
                if let monitor @ 1.. = order.number() {
                    state.pid = monitor.into();
                }
                self.save(&state, durably)
            }
            "save-many" => self.save_many(order.identity(), order.number()),
            "adopt" => self.adopt(order.identity(), order.word()),
            "send" => self.send(order.path()),
            "receive" => self.receive(order.path()),
            "exec" => self.execute_anew("again"),
            "exec-handing-over" => self.hand_to_the_next(),
            "end" => self.end(),
            "end-in-a-child" => self.end_in_a_child(),
            "release" => {
                self.leases.drain(..).for_each(Lease::release);
                Ok("released".to_owned())
            }
            _ => return None,
        })
    }

    fn end(&mut self) -> Answer {
        let ended = self.oldest()?.destroy_with_account(Wait::forever());
        let left = ended.map_err(|e| failed(e.error()))?;
        Ok(left.alive().map_or("left nobody knows".to_owned(), |n| format!("left {n}")))
    }

    /// A forked child has the lease in its memory, and no business with it.
    fn end_in_a_child(&mut self) -> Answer {
        let kept = refused_in_a_child(self.oldest()?, |lease| {
            let refused = |failed: LeaseError| failed.error().kind() == ErrorKind::Refused;
            lease.destroy().is_err_and(refused)
        });
        self.leases.insert(0, kept?);
        Ok("refused".to_owned())
    }

    fn hand_to_the_next(&mut self) -> Answer {
        let lease = self.oldest()?.hand_over().map_err(|e| failed(e.error()))?;
        let number = descriptors::keep_on_exec(&lease).map_err(|e| e.to_string())?;
        self.execute_anew(&number.to_string())
    }

    fn save(&mut self, state: &State, durably: bool) -> Answer {
        let handle = self.store.handle(state.config.identity).map_err(|e| failed(&e))?;
        let record = self.store.record(state).map_err(|e| failed(&e))?;
        let saved = if durably { handle.save_durably(&record) } else { handle.save(&record) };
        self.leases.push(saved.map_err(|e| failed(&e))?);
        Ok(format!("saved {}", state.id))
    }

    fn adopt(&mut self, identity: Identity, id: &str) -> Answer {
        let id: InstanceId = id.parse().map_err(|_| format!("no id: {id}"))?;
        let handle = self.store.handle(identity).map_err(|e| failed(&e))?;
        let segment = handle.lock().map_err(|e| failed(&e))?;
        self.leases.push(segment.adopt(id).map_err(|e| failed(&e))?);
        Ok(format!("adopted {id}"))
    }

    fn send(&mut self, socket: &Path) -> Answer {
        let lease = self.oldest()?.hand_over().map_err(|e| failed(e.error()))?;
        descriptors::send(lease.as_fd(), socket).map_err(|error| format!("error {error}"))?;
        Ok("sent".to_owned())
    }

    fn receive(&mut self, socket: &Path) -> Answer {
        let listener = UnixListener::bind(socket).map_err(|error| format!("error {error}"))?;
        say("listening");
        let accepted = listener.accept().and_then(|(stream, _)| descriptors::receive(&stream));
        let lease = accepted.map_err(|error| format!("error {error}"))?;
        self.take_over(lease.ok_or("error no descriptor came")?)
    }

    pub(crate) fn take_over(&mut self, lease: OwnedFd) -> Answer {
        let lease = self.store.take_over(lease).map_err(|e| failed(e.error()))?;
        let answer = format!("taken {}", lease.id());
        self.leases.push(lease);
        Ok(answer)
    }

    fn oldest(&mut self) -> Result<Lease, String> {
        if self.leases.is_empty() { Err("no lease".to_owned()) } else { Ok(self.leases.remove(0)) }
    }

    /// Does not return if all goes well; the answer is the next program's.
    fn execute_anew(&self, word: &str) -> Answer {
        let mut program = Command::new("/proc/self/exe");
        Err(program.arg(self.store.base().as_path()).arg(word).exec().to_string())
    }

    fn save_many(&mut self, identity: Identity, count: u32) -> Answer {
        let handle = self.store.handle(identity).map_err(|e| failed(&e))?;
        let segment = handle.lock().map_err(|e| failed(&e))?;
        for count in 0..count {
            let state = state(identity, id(std::process::id(), count));
            let record = self.store.record(&state).map_err(|e| failed(&e))?;
            self.leases.push(segment.save(&record).map_err(|e| failed(&e))?);
        }
        segment.unlock().map_err(|e| failed(&e))?;
        Ok(format!("saved {count}"))
    }
}
