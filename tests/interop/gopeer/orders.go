package main

import (
	"errors"
	"fmt"
	"strings"

	"gopeer/hst"
	"gopeer/lossless"
	"gopeer/random"
	"gopeer/store"
)

// peer is what lasts from one order to the next.
type peer struct {
	// While a lock is held there is no order but unlock: another would wait for this very process.
	held *store.Lock
}

// obey gives the answer to one line.
func (p *peer) obey(words []string) (string, error) {
	if len(words) == 0 {
		return "", errors.New("no order")
	}
	if p.held != nil && words[0] != "unlock" {
		return "", errors.New("a lock is held: unlock it first")
	}
	orders := map[string]func(*arguments) (string, error){
		"save":    save,
		"launch":  launch,
		"json":    toJSON,
		"destroy": destroy,
		"list":    list,
		"churn":   churn,
		"lock":    p.lock,
		"unlock":  p.unlock,
		"gen":     generate,
		"check":   check,
		"bench":   bench,
	}
	order, known := orders[words[0]]
	if !known {
		return "", fmt.Errorf("no such order: %s", words[0])
	}
	return order(&arguments{words: words[1:]})
}

func save(a *arguments) (string, error) {
	base, identity, seed := a.next(), a.number(), a.number()
	state := random.New(int64(seed)).State(identity)
	if a.more() {
		state.ID = a.id()
	}
	if err := a.end(); err != nil {
		return "", err
	}
	return saved(base, state)
}

// saved saves under the lock, and says so.
func saved(base string, state *hst.State) (string, error) {
	err := locked(base, state.Identity, func(s *store.Segment) error { return s.Save(state) })
	return fmt.Sprintf("saved %v", state.ID), err
}

func toJSON(a *arguments) (string, error) {
	base, identity, id := a.next(), a.number(), a.id()
	if err := a.end(); err != nil {
		return "", err
	}
	var line []byte
	err := locked(base, identity, func(s *store.Segment) error {
		state, err := s.Load(id)
		if err != nil {
			return err
		}
		line, err = lossless.State(state)
		return err
	})
	return string(line), err
}

func destroy(a *arguments) (string, error) {
	base, identity, id := a.next(), a.number(), a.id()
	if err := a.end(); err != nil {
		return "", err
	}
	err := locked(base, identity, func(s *store.Segment) error { return s.Destroy(id) })
	return "destroyed", err
}

func list(a *arguments) (string, error) {
	base := a.next()
	if err := a.end(); err != nil {
		return "", err
	}
	states, err := store.List(base)
	answer := []string{fmt.Sprintf("listed %d", len(states))}
	for _, state := range states {
		answer = append(answer, fmt.Sprintf("%d/%v", state.Identity, state.ID))
	}
	return strings.Join(answer, " "), err
}

func (p *peer) lock(a *arguments) (string, error) {
	base, identity := a.next(), a.number()
	if err := a.end(); err != nil {
		return "", err
	}
	segment, err := store.OpenSegment(base, identity)
	if err == nil {
		p.held, err = segment.Lock()
	}
	return "locked", err
}

func (p *peer) unlock(a *arguments) (string, error) {
	if err := a.end(); err != nil {
		return "", err
	}
	if p.held == nil {
		return "", errors.New("no lock is held")
	}
	err := p.held.Release()
	p.held = nil
	return "unlocked", err
}

// locked does something under the lock of a segment.
func locked(base string, identity int, do func(*store.Segment) error) error {
	segment, err := store.OpenSegment(base, identity)
	if err != nil {
		return err
	}
	lock, err := segment.Lock()
	if err != nil {
		return err
	}
	return errors.Join(do(segment), lock.Release())
}
