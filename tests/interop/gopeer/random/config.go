package random

import (
	"time"

	"gopeer/hst"
)

func (s Source) config(identity int) *hst.Config {
	return &hst.Config{
		ID:            s.text(),
		Enablements:   s.enablements(),
		SessionBus:    s.bus(),
		SystemBus:     s.bus(),
		DirectWayland: s.bool(),
		ExtraPerms:    list(s, s.extraPerm),
		Identity:      identity,
		Groups:        list(s, s.text),
		Container:     s.container(),
	}
}

// enablements are unset, a pointer to zero, or any bits.
func (s Source) enablements() *hst.Enablements {
	if s.rarely() {
		return nil
	}
	bits := hst.Enablements(s.unsigned())
	if s.rarely() {
		bits = 0
	}
	return &bits
}

// bus is unset or all empty now and then.
func (s Source) bus() *hst.BusConfig {
	switch s.Intn(6) {
	case 0:
		return nil
	case 1:
		return new(hst.BusConfig)
	}
	return &hst.BusConfig{
		See:       list(s, s.name),
		Talk:      list(s, s.name),
		Own:       list(s, s.name),
		Call:      s.texts(s.name),
		Broadcast: s.texts(s.name),
		Log:       s.bool(),
		Filter:    s.bool(),
	}
}

func (s Source) extraPerm() hst.ExtraPermConfig {
	if s.rarely() {
		return hst.ExtraPermConfig{}
	}
	return hst.ExtraPermConfig{
		Ensure:  s.bool(),
		Path:    s.path(),
		Read:    s.bool(),
		Write:   s.bool(),
		Execute: s.bool(),
	}
}

func (s Source) container() *hst.ContainerConfig {
	return &hst.ContainerConfig{
		Hostname:   s.text(),
		WaitDelay:  time.Duration(s.integer()),
		Env:        s.texts(s.variable),
		Filesystem: list(s, s.mount),
		Username:   s.text(),
		Shell:      s.somePath(),
		Home:       s.somePath(),
		Path:       s.somePath(),
		Args:       list(s, s.text),
		Flags:      uint(s.unsigned()),
	}
}

// time is unset now and then, else any instant of the years 1 to 9999 at any offset of less than a
// day. Two kinds of offsets are left out: minute -1, which Go cannot write, and negative ones with
// seconds, which Go before 1.27 reads wrong (its issue 78528).
func (s Source) time() time.Time {
	if s.rarely() {
		return time.Time{}
	}
	const first, last = -62135596800, 253402207200
	seconds, nanoseconds := first+s.Int63n(last-first+1), s.Int63n(1e9)
	if s.bool() {
		nanoseconds = 0
	}
	offset := s.Intn(2*86400-1) - 86399
	if offset < 0 {
		offset -= offset % 60
	}
	if offset == -60 || s.rarely() {
		return time.Unix(seconds, nanoseconds).UTC()
	}
	return time.Unix(seconds, nanoseconds).In(time.FixedZone("", offset))
}
