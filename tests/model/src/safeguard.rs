//! What the protocol does to be safe, each of which can be left out.

/// One thing that the protocol takes care of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Safeguard {
    /// After a lock has been granted, its name must still mean the locked file.
    LockRecheck,
    /// An unnamed file is locked before it gets its name.
    LeaseFirst,
    /// Whoever only asks for a lease shares it.
    SharedProbe,
    /// Before somebody is called dead, the lease is asked for once more.
    ProbeAgain,
    /// Before somebody is called dead or corrupt, the entry must still have a name.
    LinkRecheck,
    /// Half an entry is starting if somebody holds the segment's lock.
    StartingProbe,
    /// Half an entry is read again once nobody does.
    ReadAgain,
    /// Nobody is dead whose shim may live.
    ShimCounts,
    /// The dead are collected under the segment's lock.
    CollectUnderLock,
    /// Who ends takes a name away only if it means its own entry.
    EndChecksName,
    /// Who adopts takes the lease alone.
    AdoptTakesLease,
    /// Once it is taken, the name must still mean that entry.
    AdoptChecksName,
    /// And only then is the instance judged.
    AdoptJudgesLast,
    /// Who hands a lease over closes it, and does not unlock it.
    HandOverKeepsLock,
    /// Orphans count as alive where resources are taken back.
    OrphansCount,
    /// Who waits looks again where no process's end tells.
    WaitLooksAgain,
}

impl Safeguard {
    /// All of them.
    pub(crate) const ALL: [Self; 16] = [
        Self::LockRecheck,
        Self::LeaseFirst,
        Self::SharedProbe,
        Self::ProbeAgain,
        Self::LinkRecheck,
        Self::StartingProbe,
        Self::ReadAgain,
        Self::ShimCounts,
        Self::CollectUnderLock,
        Self::EndChecksName,
        Self::AdoptTakesLease,
        Self::AdoptChecksName,
        Self::AdoptJudgesLast,
        Self::HandOverKeepsLock,
        Self::OrphansCount,
        Self::WaitLooksAgain,
    ];

    /// What fails without it: a scene of that name, and in it a property of that name.
    pub(crate) fn failing(self) -> (&'static str, &'static str) {
        match self {
            Self::LockRecheck => ("publish", "one holds the segment's lock"),
            Self::LeaseFirst => ("publish", "what is published is leased"),
            Self::SharedProbe => ("another namespace", "who is refused as leased is"),
            Self::ProbeAgain => ("adopt", "who lives is not called dead"),
            Self::LinkRecheck => ("publish", "who ended in order is not called dead"),
            Self::StartingProbe | Self::ReadAgain => {
                ("publish in place", "what starts is neither corrupt nor collected")
            }
            Self::ShimCounts => ("publish", "who lives is not collected"),
            Self::CollectUnderLock => ("one id twice", "who lives is not collected"),
            Self::EndChecksName => ("one id twice", "nobody takes another's entry away"),
            Self::AdoptTakesLease => ("adopt twice", "a lease has one owner"),
            Self::AdoptChecksName => ("adopt twice", "what is adopted had its name"),
            Self::AdoptJudgesLast => ("adopt", "who lives is not called dead"),
            Self::HandOverKeepsLock => ("hand over", "an owner has the lease"),
            Self::OrphansCount => ("account", "nothing is taken back from who is there"),
            Self::WaitLooksAgain => ("wait", "nobody waits in vain"),
        }
    }
}
