// Package lossless writes a state as JSON that keeps all that gob keeps, to be compared with what
// the other side makes of the same entry. The form is described in the README.
package lossless

import (
	"encoding/json"

	"gopeer/hst"
)

type state struct {
	ID      string  `json:"id"`
	PID     int     `json:"pid"`
	ShimPID int     `json:"shim_pid"`
	Config  *config `json:"config"`
	Time    instant `json:"time"`
}

type instant struct {
	Seconds     int64 `json:"seconds"`
	Nanoseconds int   `json:"nanoseconds"`
	Offset      int   `json:"offset"`
}

type config struct {
	ID            text        `json:"id"`
	Enablements   *byte       `json:"enablements"`
	SessionBus    *bus        `json:"session_bus"`
	SystemBus     *bus        `json:"system_bus"`
	DirectWayland bool        `json:"direct_wayland"`
	ExtraPerms    []extraPerm `json:"extra_perms"`
	Identity      int         `json:"identity"`
	Groups        []text      `json:"groups"`
	Container     *container  `json:"container"`
}

type bus struct {
	See       []text          `json:"see"`
	Talk      []text          `json:"talk"`
	Own       []text          `json:"own"`
	Call      map[string]text `json:"call"`
	Broadcast map[string]text `json:"broadcast"`
	Log       bool            `json:"log"`
	Filter    bool            `json:"filter"`
}

type extraPerm struct {
	Ensure  bool `json:"ensure"`
	Path    text `json:"path"`
	Read    bool `json:"read"`
	Write   bool `json:"write"`
	Execute bool `json:"execute"`
}

type container struct {
	Hostname   text            `json:"hostname"`
	WaitDelay  int64           `json:"wait_delay"`
	Env        map[string]text `json:"env"`
	Filesystem []any           `json:"filesystem"`
	Username   text            `json:"username"`
	Shell      text            `json:"shell"`
	Home       text            `json:"home"`
	Path       text            `json:"path"`
	Args       []text          `json:"args"`
	Flags      uint            `json:"flags"`
}

// State gives the one line, without its end.
func State(s *hst.State) ([]byte, error) {
	_, offset := s.Time.Zone()
	return json.Marshal(state{
		ID:      s.ID.String(),
		PID:     s.PID,
		ShimPID: s.ShimPID,
		Config:  configOf(s.Config),
		Time:    instant{s.Time.Unix(), s.Time.Nanosecond(), offset},
	})
}

func configOf(c *hst.Config) *config {
	if c == nil {
		return nil
	}
	var enablements *byte
	// Gob cannot tell a pointer to zero from none.
	if bits := c.Enablements.Bits(); bits != 0 {
		enablements = &bits
	}
	return &config{
		ID:            text(c.ID),
		Enablements:   enablements,
		SessionBus:    busOf(c.SessionBus),
		SystemBus:     busOf(c.SystemBus),
		DirectWayland: c.DirectWayland,
		ExtraPerms:    list(c.ExtraPerms, extraPermOf),
		Identity:      c.Identity,
		Groups:        list(c.Groups, textOf),
		Container:     containerOf(c.Container),
	}
}

func busOf(b *hst.BusConfig) *bus {
	if b == nil {
		return nil
	}
	return &bus{
		See:       list(b.See, textOf),
		Talk:      list(b.Talk, textOf),
		Own:       list(b.Own, textOf),
		Call:      texts(b.Call),
		Broadcast: texts(b.Broadcast),
		Log:       b.Log,
		Filter:    b.Filter,
	}
}

func extraPermOf(e hst.ExtraPermConfig) extraPerm {
	return extraPerm{e.Ensure, path(e.Path), e.Read, e.Write, e.Execute}
}

func containerOf(c *hst.ContainerConfig) *container {
	if c == nil {
		return nil
	}
	return &container{
		Hostname:   text(c.Hostname),
		WaitDelay:  int64(c.WaitDelay),
		Env:        texts(c.Env),
		Filesystem: list(c.Filesystem, mountOf),
		Username:   text(c.Username),
		Shell:      path(c.Shell),
		Home:       path(c.Home),
		Path:       path(c.Path),
		Args:       list(c.Args, textOf),
		Flags:      c.Flags,
	}
}
