package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"gopeer/random"
)

// shimWord is what this program is started with to be a shim.
const shimWord = "shim"

// launch saves a state as a launcher does: its own number, a child's, and the time at which the
// child was started.
func launch(a *arguments) (string, error) {
	base, identity, seed := a.next(), a.number(), a.number()
	if err := a.end(); err != nil {
		return "", err
	}
	shim := exec.Command("/proc/self/exe", shimWord)
	// Never written to, and closed by the end of this process, which ends the child.
	if _, err := shim.StdinPipe(); err != nil {
		return "", err
	}
	if err := shim.Start(); err != nil {
		return "", err
	}
	state := random.New(int64(seed)).State(identity)
	state.PID, state.ShimPID, state.Time = os.Getpid(), shim.Process.Pid, time.Now()
	answer, err := saved(base, state)
	return fmt.Sprintf("%s %d", answer, state.ShimPID), err
}

// beShim lives as long as who started it.
func beShim() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}
