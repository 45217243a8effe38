// Command gopeer is a Go system in the tests: it shares a store with the Rust one and exchanges
// entries with it, and does what it is told, line by line. The README lists its orders.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == shimWord {
		beShim()
	}
	peer := &peer{}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		answer, err := peer.obey(strings.Fields(lines.Text()))
		if err != nil {
			// An answer is one line, and joined errors have several.
			answer = "error " + strings.ReplaceAll(err.Error(), "\n", "; ")
		}
		fmt.Println(answer)
	}
}
