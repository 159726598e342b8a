package dev.memtier;

import java.util.List;

/** The names of a store's tiers, which never change while it is open. */
record TierNames(List<String> names) {
  String name(int tier) {
    return tier >= 0 && tier < names.size() ? names.get(tier) : "";
  }

  /** -1: there is none of this name. */
  int number(String name) {
    return names.indexOf(name);
  }
}
