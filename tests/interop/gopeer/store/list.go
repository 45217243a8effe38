// Package store is the state store as the Go system uses it: its names, its locks, and revision 0
// of its entries. It is as strict as the Go system, which gives up at the first stray name.
package store

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"gopeer/hst"
)

// List reads every entry of every segment, each segment under its lock.
func List(base string) ([]*hst.State, error) {
	identities, err := identities(base)
	if err != nil {
		return nil, err
	}
	var states []*hst.State
	for _, identity := range identities {
		found, err := listSegment(base, identity)
		if err != nil {
			return nil, fmt.Errorf("segment %d: %w", identity, err)
		}
		states = append(states, found...)
	}
	return states, nil
}

// identities reads the names of the segments under the lock of the store. As in the Go system, this
// makes a store that is not there.
func identities(base string) ([]int, error) {
	if err := os.MkdirAll(base, 0700); err != nil {
		return nil, fmt.Errorf("create state store directory: %w", err)
	}
	lock, err := acquire(base)
	if err != nil {
		return nil, fmt.Errorf("acquire lock on the state store: %w", err)
	}
	entries, err := os.ReadDir(base)
	if err := errors.Join(err, lock.Release()); err != nil {
		return nil, fmt.Errorf("read store segments: %w", err)
	}
	var identities []int
	for _, entry := range entries {
		if entry.Name() == lockName && !entry.IsDir() {
			continue
		}
		identity, err := identityOf(entry)
		if err != nil {
			return nil, fmt.Errorf("process store segment: %w", err)
		}
		identities = append(identities, identity)
	}
	return identities, nil
}

func identityOf(entry os.DirEntry) (int, error) {
	if !entry.IsDir() {
		return 0, fmt.Errorf("non-directory entry %q", entry.Name())
	}
	identity, err := strconv.Atoi(entry.Name())
	if err != nil {
		return 0, fmt.Errorf("non-identity entry %q", entry.Name())
	}
	if identity < 0 || identity > hst.IdentityMax {
		return 0, fmt.Errorf("out of bounds entry %d", identity)
	}
	return identity, nil
}

func listSegment(base string, identity int) (states []*hst.State, err error) {
	segment, err := OpenSegment(base, identity)
	if err != nil {
		return nil, err
	}
	lock, err := segment.Lock()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	ids, err := segment.Entries()
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		state, err := segment.Load(id)
		if err != nil {
			return nil, fmt.Errorf("entry %v: %w", id, err)
		}
		states = append(states, state)
	}
	return states, nil
}
