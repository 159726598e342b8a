// An agent that remembers: a loop over a scripted conversation. The store is closed in the middle and
// opened again, and the agent knows what was said before.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"

	"memtier.dev/memtier"
)

func main() {
	path := "conversation.mem"
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	os.Remove(path)
	ctx := context.Background()
	if _, err := run(ctx, path, "monday", "I moved to Bari", "I am allergic to hazelnuts"); err != nil {
		log.Fatal(err)
	}
	fmt.Println("--- ended, and started again")
	answers, err := run(ctx, path, "tuesday", "Hello again", "Is there a cake that my allergic body takes?")
	if err != nil {
		log.Fatal(err)
	}
	if !strings.Contains(answers, "hazelnuts") {
		log.Fatal("the agent has forgotten")
	}
}

// run is one run of the program. In place of a language model, the agent answers with what it
// remembers.
func run(ctx context.Context, path, session string, script ...string) (string, error) {
	store, err := memtier.Open(ctx, path)
	if err != nil {
		return "", err
	}
	defer store.Close()
	ada := store.In(memtier.Scope{User: "ada"})
	talk := ada.Conversation(session)
	answers := ""
	for _, said := range script {
		if _, err := talk.Append(ctx, memtier.Turn{Role: memtier.RoleUser, Text: said}); err != nil {
			return "", err
		}
		// With memory: what was looked for, what came of it, and how long it took are kept, too.
		answer, err := memtier.Run(ctx, ada, "answer", said, func(ctx context.Context) (string, error) {
			return answerTo(ctx, ada, said)
		})
		if err != nil {
			return "", err
		}
		if strings.Contains(said, "allergic to") { // what matters is remembered for good
			if _, err := ada.Remember(ctx, "allergy", said, 0.95); err != nil {
				return "", err
			}
		}
		if _, err := talk.Append(ctx, memtier.Turn{Role: memtier.RoleAssistant, Text: answer}); err != nil {
			return "", err
		}
		fmt.Printf("ada:   %s\nagent: %s\n", said, answer)
		answers += answer
	}
	failed, err := ada.Count(ctx, memtier.Eq(memtier.Meta("success"), false))
	if err != nil || failed > 0 {
		return "", fmt.Errorf("%d of the agent's answers failed: %v", failed, err)
	}
	return answers, nil
}

// answerTo is what a language model would say.
func answerTo(ctx context.Context, ada *memtier.Memory, said string) (string, error) {
	none := 0
	known, err := ada.ActiveContext(ctx, memtier.WorkingContext{Text: said, ShortTerm: &none, MaxItems: 1,
		Filter: memtier.Not(memtier.Eq(memtier.FieldType, "run"))})
	if err != nil || len(known) == 0 {
		return "I see", err
	}
	return "You told me: " + known[0].Text(), nil
}
