package dev.memtier.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The file of the built-in embedder that the jar carries, for a library that was loaded from the jar. */
public final class Model {
  private static final String NAME = "embedder-en.model";
  private static Path copy;

  private Model() {}

  /**
   * A copy of it in a folder of its own, made once and removed when the machine ends; null where the
   * library is installed, or the environment names another.
   */
  public static synchronized Path ofJar() {
    Native.versionMajor(); // so that the library is loaded, from wherever
    String named = System.getenv("MEMTIER_MODEL_PATH");
    if (!Loader.isFromJar() || (named != null && !named.isEmpty())) {
      return null;
    }
    if (copy == null || !Files.exists(copy)) {
      copy = extract();
    }
    return copy;
  }

  private static Path extract() {
    try (InputStream in = Model.class.getResourceAsStream("/native/" + NAME)) {
      if (in == null) {
        return null; // the library says what is missing
      }
      Path folder = Files.createTempDirectory("memtier");
      folder.toFile().deleteOnExit(); // what is named later goes first
      Path file = folder.resolve(NAME);
      file.toFile().deleteOnExit();
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException failed) {
      throw new java.io.UncheckedIOException("the model of the jar cannot be copied", failed);
    }
  }
}
