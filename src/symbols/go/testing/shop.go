// Calls as a server nests them, down to a read that blocks: where the kernel tells registers without anybody tracing.
package main

import (
	"os"
	"syscall"
)

//go:noinline
func readNext(file int) int {
	buffer := make([]byte, 1)
	count, _ := syscall.Read(file, buffer)
	return count
}

// Small enough to be inlined.
func addPrice(sum int, file int) int { return sum + readNext(file) }

type basket struct{ items []int }

//go:noinline
func (b *basket) total() int {
	sum := 0
	for _, item := range b.items {
		sum = addPrice(sum, item)
	}
	return sum
}

//go:noinline
func handle() int {
	b := &basket{items: []int{0, 0, 0}}
	answer := func() int { return b.total() }
	return answer()
}

func makeGarbage() {
	kept := map[int][]*int{}
	for i := 0; ; i++ {
		value := i
		kept[i%100000] = append(kept[i%100000][:0:0], &value, new(int))
	}
}

func main() {
	if len(os.Args) > 1 {
		makeGarbage()
	}
	os.Exit(handle())
}
