import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Takes the signatures out of the jars in a directory: no class of a signed jar can be in an AOT cache, and the JVM verifies
 * all of its manifest for the first one. Maven has compared the jars with their checksums before.
 */
final class Unsign {
    private Unsign() {}

    public static void main(String[] arguments) throws IOException {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(arguments[0]), "*.jar")) {
            for (Path jar : jars) {
                try (FileSystem content = FileSystems.newFileSystem(jar)) {
                    unsign(content.getPath("META-INF"));
                }
            }
        }
    }

    private static void unsign(Path metadata) throws IOException {
        if (Files.isDirectory(metadata)) {
            try (DirectoryStream<Path> signatures = Files.newDirectoryStream(metadata, "*.{SF,RSA,DSA,EC}")) {
                for (Path signature : signatures) {
                    Files.delete(signature);
                }
            }
        }
    }
}
