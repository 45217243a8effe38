package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"gopeer/records"
	"gopeer/store"
)

// bench reads one entry again and again, as a launcher does: from a file that it opens each time.
func bench(a *arguments) (string, error) {
	path, count := a.next(), a.number()
	if err := a.end(); err != nil {
		return "", err
	}
	entry, err := records.First(path)
	if err != nil {
		return "", err
	}
	alone := path + ".entry"
	if err := os.WriteFile(alone, entry, 0600); err != nil {
		return "", err
	}
	defer os.Remove(alone)
	start := time.Now()
	for i := 0; i < count; i++ {
		if err := readAlone(alone); err != nil {
			return "", err
		}
	}
	each := time.Since(start).Nanoseconds() / int64(max(count, 1))
	return fmt.Sprintf("nanoseconds %d", each), nil
}

func readAlone(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	_, err = store.Decode(file)
	return errors.Join(err, file.Close())
}
