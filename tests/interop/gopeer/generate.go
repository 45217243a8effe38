package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"gopeer/hst"
	"gopeer/lossless"
	"gopeer/random"
	"gopeer/records"
	"gopeer/store"
)

// wildWord asks for states that the Go system would refuse, or lets them pass.
const wildWord = "wild"

// generate writes random states to one file, and to another what must be read in them.
func generate(a *arguments) (string, error) {
	path, seed, count := a.next(), a.number(), a.number()
	source := random.New(int64(seed))
	make := source.State
	if a.flag(wildWord) {
		make = source.Wild
	}
	if err := a.end(); err != nil {
		return "", err
	}
	var entries, lines bytes.Buffer
	for i := 0; i < count; i++ {
		state := make(source.Intn(hst.IdentityMax + 1))
		if err := generateOne(state, &entries, &lines); err != nil {
			return "", fmt.Errorf("record %d: %w", i, err)
		}
	}
	err := errors.Join(os.WriteFile(path, entries.Bytes(), 0600), writeLines(path, &lines))
	return fmt.Sprintf("generated %d", count), err
}

// generateOne also sees that it reads the same back itself.
func generateOne(state *hst.State, entries, lines *bytes.Buffer) error {
	var entry bytes.Buffer
	if err := store.Encode(&entry, state); err != nil {
		return err
	}
	line, err := lossless.State(state)
	if err != nil {
		return err
	}
	read, err := store.Decode(bytes.NewReader(entry.Bytes()))
	if err != nil {
		return err
	}
	if again, err := lossless.State(read); err != nil || !bytes.Equal(again, line) {
		return errors.Join(fmt.Errorf("wrote %s and read %s", line, again), err)
	}
	lines.Write(append(line, '\n'))
	return records.Write(entries, entry.Bytes())
}

// writeLines writes the lines that belong to a file of records.
func writeLines(path string, lines *bytes.Buffer) error {
	return os.WriteFile(path+".json", lines.Bytes(), 0600)
}
