package org.novagpubinder.cli.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The short names of connections in libvirt's client configuration ({@code uri_aliases} in libvirt.conf), as virsh takes them
 * too (src/libvirt.c:virConnectOpenResolveURIAlias).
 *
 * @param file libvirt.conf
 */
public record UriAliases(Path file) {
    private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*#.*$");
    private static final Pattern LIST = Pattern.compile("(?m)^\\s*uri_aliases\\s*=\\s*\\[([^\\]]*)\\]");
    private static final Pattern ALIAS = Pattern.compile("([\"'])([a-zA-Z0-9_-]+)=((?:(?!\\1).)*)\\1");
    private static final String NAME = "libvirt/libvirt.conf";

    /** Those of this user: root's are the host's. */
    public static UriAliases ofUser(String user, Map<String, String> environment) {
        if (user.equals("root")) {
            return new UriAliases(Path.of("/etc", NAME));
        }
        String home = environment.getOrDefault("HOME", "/");
        return new UriAliases(Path.of(environment.getOrDefault("XDG_CONFIG_HOME", home + "/.config"), NAME));
    }

    /** The URI that the name stands for; empty if the file has no such name, or cannot be read. */
    public Optional<String> uri(String name) {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException none) {
            return Optional.empty();
        }
        Matcher list = LIST.matcher(COMMENT.matcher(text).replaceAll(""));
        if (list.find()) {
            Matcher alias = ALIAS.matcher(list.group(1));
            while (alias.find()) {
                if (alias.group(2).equals(name)) {
                    return Optional.of(alias.group(3));
                }
            }
        }
        return Optional.empty();
    }
}
