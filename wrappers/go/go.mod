module memtier.dev/memtier

go 1.19
