package dev.memtier;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A store's embedder.
 *
 * @param kind its kind
 * @param name of its model; empty for {@link EmbedderKind#NONE}
 * @param dimension components of its vectors; 0 for {@link EmbedderKind#NONE}
 * @param path the file of the built-in one
 */
public record EmbedderInfo(EmbedderKind kind, String name, int dimension, Optional<Path> path) {
  static EmbedderInfo of(Map<?, ?> json) {
    Object name = json.get("name");
    Object dimension = json.get("dimension");
    Object path = json.get("path");
    return new EmbedderInfo(
        EmbedderKind.of((String) json.get("kind")),
        name == null ? "" : (String) name,
        dimension == null ? 0 : ((Number) dimension).intValue(),
        Optional.ofNullable((String) path).map(Path::of));
  }
}
