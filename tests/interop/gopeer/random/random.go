// Package random makes up states: the same ones for the same seed, wherever it runs.
package random

import (
	"encoding/binary"
	"math/rand"

	"gopeer/hst"
)

// Source makes up values of every field, with a taste for the edges.
type Source struct{ *rand.Rand }

// New begins at a seed.
func New(seed int64) Source { return Source{rand.New(rand.NewSource(seed))} }

// State makes up a state that the Go system takes.
func (s Source) State(identity int) *hst.State {
	var id hst.ID
	binary.BigEndian.PutUint64(id[:8], uint64(s.Int63()))
	binary.BigEndian.PutUint64(id[8:], s.Uint64())
	return &hst.State{
		ID:      id,
		PID:     int(s.integer()),
		ShimPID: int(s.integer()),
		Config:  s.config(identity),
		Time:    s.time(),
	}
}

// Wild leaves out, now and then, what the Go system wants of a configuration.
func (s Source) Wild(identity int) *hst.State {
	state := s.State(identity)
	if s.rarely() {
		state.Config = nil
		return state
	}
	if s.rarely() {
		state.Container = nil
		return state
	}
	for _, path := range []**hst.Absolute{&state.Container.Home, &state.Container.Shell,
		&state.Container.Path} {
		if s.rarely() {
			*path = nil
		}
	}
	return state
}

func (s Source) bool() bool { return s.Intn(2) == 0 }

func (s Source) rarely() bool { return s.Intn(6) == 0 }

// few is a length, often none.
func (s Source) few() int { return s.Intn(4) }

// integer has every number of bytes, and either sign.
func (s Source) integer() int64 { return int64(s.Uint64()) >> s.Intn(64) }

func (s Source) unsigned() uint64 { return s.Uint64() >> s.Intn(64) }
