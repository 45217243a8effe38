package main

import (
	"errors"
	"fmt"
	"strconv"

	"gopeer/hst"
)

// arguments are the words behind an order. They are taken from the front; what is wrong with the
// first bad one is kept, and the rest is zero.
type arguments struct {
	words []string
	err   error
}

func (a *arguments) next() string {
	if a.err != nil {
		return ""
	}
	if len(a.words) == 0 {
		a.err = errors.New("a word is missing")
		return ""
	}
	word := a.words[0]
	a.words = a.words[1:]
	return word
}

func (a *arguments) more() bool { return a.err == nil && len(a.words) > 0 }

func (a *arguments) number() int {
	word := a.next()
	if a.err != nil {
		return 0
	}
	number, err := strconv.Atoi(word)
	a.err = err
	return number
}

func (a *arguments) id() hst.ID {
	word := a.next()
	if a.err != nil {
		return hst.ID{}
	}
	id, err := hst.ParseID(word)
	a.err = err
	return id
}

// flag takes a last word that can only be this one, if it is there.
func (a *arguments) flag(word string) bool {
	if !a.more() || a.words[0] != word {
		return false
	}
	a.next()
	return true
}

// end says what was wrong, words left over included.
func (a *arguments) end() error {
	if a.err == nil && len(a.words) > 0 {
		return fmt.Errorf("left over: %q", a.words)
	}
	return a.err
}
