package main

import (
	"bytes"
	"fmt"

	"gopeer/lossless"
	"gopeer/records"
	"gopeer/store"
)

// check reads what the other side wrote, and writes down what it found there.
func check(a *arguments) (string, error) {
	path, wild := a.next(), a.flag(wildWord)
	if err := a.end(); err != nil {
		return "", err
	}
	var lines bytes.Buffer
	count, err := records.ForEach(path, func(entry []byte) error {
		state, err := store.Decode(bytes.NewReader(entry))
		if err == nil && !wild {
			err = state.Config.Validate()
		}
		if err != nil {
			return err
		}
		line, err := lossless.State(state)
		lines.Write(append(line, '\n'))
		return err
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("checked %d", count), writeLines(path, &lines)
}
