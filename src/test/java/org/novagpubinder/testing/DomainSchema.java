package org.novagpubinder.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** libvirt's own judgement of domain XML; without its schema or xmllint the test is skipped, and says so. */
public final class DomainSchema {
    private static final Path SCHEMA = Path.of("/usr/share/libvirt/schemas/domain.rng");

    private DomainSchema() {}

    /** The files that libvirt's RELAX NG schema accepts, by one call of xmllint. */
    public static Set<Path> valid(List<Path> files) throws Exception {
        assumeTrue(Files.exists(SCHEMA), "no " + SCHEMA + " (package libvirt0)");
        List<String> command = new ArrayList<>(List.of("xmllint", "--noout", "--relaxng", SCHEMA.toString()));
        files.forEach(f -> command.add(f.toString()));
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            assumeTrue(false, "no xmllint (package libxml2-utils)");
            throw e;
        }
        Set<Path> valid = new HashSet<>();
        for (String line : new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList()) {
            if (line.endsWith(" validates")) {
                valid.add(Path.of(line.substring(0, line.length() - " validates".length())));
            }
        }
        process.waitFor();
        return valid;
    }
}
