package dev.memtier;

/** How text is split into words, in what is stored and in queries. */
public enum Tokenizer {
  /** As {@link #CJK}, but stemmed, and stop words are left out of questions; the default. */
  ENGLISH("english"),
  /** Words, without regard to case and diacritics. */
  UNICODE("unicode"),
  /** Words; runs of Chinese, Japanese or Korean characters in overlapping pairs. */
  CJK("cjk"),
  /** What stands between white space, exactly. */
  PLAIN("plain");

  final String nativeName;

  Tokenizer(String nativeName) {
    this.nativeName = nativeName;
  }
}
