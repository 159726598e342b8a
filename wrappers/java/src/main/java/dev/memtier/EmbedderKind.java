package dev.memtier;

/** What makes vectors of texts. */
public enum EmbedderKind {
  /** The small English model that comes with memtier. */
  BUILTIN("builtin"),
  /** No vectors of texts, and no model file needed. */
  NONE("none"),
  /** An {@link Embedder} of one's own. */
  CALLBACK("callback");

  final String nativeName;

  EmbedderKind(String nativeName) {
    this.nativeName = nativeName;
  }

  static EmbedderKind of(String name) {
    for (EmbedderKind kind : values()) {
      if (kind.nativeName.equals(name)) {
        return kind;
      }
    }
    throw new IllegalStateException("an embedder of kind " + name + " is not known");
  }
}
