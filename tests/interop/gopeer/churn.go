package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"gopeer/hst"
	"gopeer/random"
	"gopeer/store"
)

// churn saves, lists and destroys, each under a lock of its own, so that others get between.
func churn(a *arguments) (string, error) {
	base, identity, count := a.next(), a.number(), a.number()
	if err := a.end(); err != nil {
		return "", err
	}
	for i := 0; i < count; i++ {
		state := random.New(int64(i)).State(identity)
		state.ID = ownID(i)
		steps := []func(*store.Segment) error{
			func(s *store.Segment) error { return s.Save(state) },
			func(s *store.Segment) error { return expect(s, state.ID, true) },
			func(s *store.Segment) error { return s.Destroy(state.ID) },
			func(s *store.Segment) error { return expect(s, state.ID, false) },
		}
		for _, step := range steps {
			if err := locked(base, identity, step); err != nil {
				return "", fmt.Errorf("round %d: %w", i, err)
			}
		}
	}
	return "done", nil
}

// expect reads every entry of a segment, and looks whether a certain one is among them.
func expect(segment *store.Segment, id hst.ID, wanted bool) error {
	ids, err := segment.Entries()
	if err != nil {
		return err
	}
	found := false
	for _, other := range ids {
		if _, err := segment.Load(other); err != nil {
			return fmt.Errorf("entry %v: %w", other, err)
		}
		found = found || other == id
	}
	switch {
	case found && !wanted:
		return errors.New("left: " + id.String())
	case !found && wanted:
		return errors.New("lost: " + id.String())
	}
	return nil
}

// ownID is an id that no other process makes up: of this process, and of one count in it.
func ownID(count int) (id hst.ID) {
	binary.BigEndian.PutUint64(id[:], 1_700_000_000_000_000_000)
	binary.BigEndian.PutUint32(id[8:], uint32(os.Getpid()))
	binary.BigEndian.PutUint32(id[12:], uint32(count))
	return id
}
