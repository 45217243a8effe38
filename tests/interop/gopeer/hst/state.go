// Package hst has the Go system's types in the shape that gob sees: names, kinds and order of the
// fields, and the names under which the mount points are registered. What the types are called in
// the stream comes of their package too, so it has this name.
package hst

import "time"

// State is one running instance.
type State struct {
	ID      ID
	PID     int
	ShimPID int
	*Config
	Time time.Time
}

// Enablements is a byte of switches; all eight bits are kept.
type Enablements byte

// Bits are none if the field is unset.
func (e *Enablements) Bits() byte {
	if e == nil {
		return 0
	}
	return byte(*e)
}

// Config is the configuration of an application.
type Config struct {
	ID            string
	Enablements   *Enablements
	SessionBus    *BusConfig
	SystemBus     *BusConfig
	DirectWayland bool
	ExtraPerms    []ExtraPermConfig
	Identity      int
	Groups        []string
	Container     *ContainerConfig
}

// BusConfig says what passes the proxy of a message bus.
type BusConfig struct {
	See       []string
	Talk      []string
	Own       []string
	Call      map[string]string
	Broadcast map[string]string
	Log       bool
	Filter    bool
}

// ExtraPermConfig is an access that the user of the container is given.
type ExtraPermConfig struct {
	Ensure  bool
	Path    *Absolute
	Read    bool
	Write   bool
	Execute bool
}

// ContainerConfig is the container that the application runs in.
type ContainerConfig struct {
	Hostname   string
	WaitDelay  time.Duration
	Env        map[string]string
	Filesystem []FilesystemConfigJSON
	Username   string
	Shell      *Absolute
	Home       *Absolute
	Path       *Absolute
	Args       []string
	Flags      uint
}
