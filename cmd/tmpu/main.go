package main

import (
	"fmt"

	"constat.example/desk/exchange"
)

func main() { fmt.Print(exchange.UUID("misp template data-leak-claim")) }
