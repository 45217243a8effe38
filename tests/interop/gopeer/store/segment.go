package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"gopeer/hst"
)

// Segment is the directory of one identity. All but Lock wants its lock to be held.
type Segment struct{ path string }

// OpenSegment makes the segment, and the store, where they are not there yet.
func OpenSegment(base string, identity int) (*Segment, error) {
	if err := os.MkdirAll(base, 0700); err != nil {
		return nil, fmt.Errorf("create state store directory: %w", err)
	}
	lock, err := acquire(base)
	if err != nil {
		return nil, fmt.Errorf("acquire lock on the state store: %w", err)
	}
	segment := &Segment{filepath.Join(base, strconv.Itoa(identity))}
	if err := errors.Join(os.MkdirAll(segment.path, 0700), lock.Release()); err != nil {
		return nil, fmt.Errorf("create store segment directory: %w", err)
	}
	return segment, nil
}

// Lock waits for the lock.
func (s *Segment) Lock() (*Lock, error) {
	lock, err := acquire(s.path)
	if err != nil {
		return nil, fmt.Errorf("acquire lock on store segment %s: %w", filepath.Base(s.path), err)
	}
	return lock, nil
}

// Save writes an entry in place; others can see it half written.
func (s *Segment) Save(state *hst.State) error {
	flags := os.O_RDWR | os.O_CREATE | os.O_EXCL
	file, err := os.OpenFile(s.pathOf(state.ID), flags, 0600)
	if err != nil {
		return fmt.Errorf("open state entry: %w", err)
	}
	return errors.Join(Encode(file, state), file.Close())
}

// Load reads an entry, and checks all that the Go system checks.
func (s *Segment) Load(id hst.ID) (*hst.State, error) {
	file, err := os.Open(s.pathOf(id))
	if err != nil {
		return nil, fmt.Errorf("open state entry: %w", err)
	}
	state, err := Decode(file)
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	if err := state.Config.Validate(); err != nil {
		return nil, fmt.Errorf("validate configuration: %w", err)
	}
	if state.ID != id {
		return nil, fmt.Errorf("state entry %v has unexpected id %v", id, state.ID)
	}
	return state, nil
}

// Destroy removes an entry.
func (s *Segment) Destroy(id hst.ID) error {
	if err := os.Remove(s.pathOf(id)); err != nil {
		return fmt.Errorf("destroy state entry: %w", err)
	}
	return nil
}

// Entries gives the ids of all entries. Anything that is neither an entry nor the lock is an error.
func (s *Segment) Entries() ([]hst.ID, error) {
	entries, err := os.ReadDir(s.path)
	if err != nil {
		return nil, fmt.Errorf("read store segment entries: %w", err)
	}
	var ids []hst.ID
	for _, entry := range entries {
		if entry.IsDir() {
			return nil, fmt.Errorf("unexpected directory %q in store", entry.Name())
		}
		if entry.Name() == lockName {
			continue
		}
		id, err := hst.ParseID(entry.Name())
		if err != nil {
			return nil, fmt.Errorf("decode store segment entry: %w", err)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (s *Segment) pathOf(id hst.ID) string { return filepath.Join(s.path, id.String()) }
