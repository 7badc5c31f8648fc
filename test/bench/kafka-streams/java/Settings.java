import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** What the bench asks for, from a properties file. */
record Settings(Properties all) {
  static Settings from(String file) throws IOException {
    Properties all = new Properties();
    try (var in = Files.newInputStream(Path.of(file))) {
      all.load(in);
    }
    return new Settings(all);
  }

  String text(String name) {
    String value = all.getProperty(name);
    if (value == null) throw new IllegalArgumentException("missing setting " + name);
    return value;
  }

  int number(String name) {
    return Integer.parseInt(text(name));
  }
}
