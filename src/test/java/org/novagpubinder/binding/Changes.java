package org.novagpubinder.binding;

/** What others change in a domain beside the daemon: it has to stay. */
final class Changes {
    /** What of each change is found again in a domain that has it. */
    static final String TITLE = "<title>as a fresh one</title>";

    static final String VOLUME = "<target dev='vdb'/>";
    static final String NOTE = "urn:acme";

    /** A volume, as Nova attaches it. */
    static final String DISK =
            "<disk type='network' device='disk'><source protocol='rbd' name='volumes/volume-1'/>" + VOLUME + "</disk>";

    private static final String NOTES = "<acme:note xmlns:acme='" + NOTE + "'>backup at 3</acme:note>";

    private Changes() {}

    static String titled(String definition) {
        return definition.replace("</name>", "</name>" + TITLE);
    }

    static String noted(String definition) {
        return definition.contains("<metadata>")
                ? definition.replace("<metadata>", "<metadata>" + NOTES)
                : definition.replace("<memory unit", "<metadata>" + NOTES + "</metadata><memory unit");
    }

    /** The domain without them. */
    static String without(String domain) {
        return domain.replace(TITLE, "")
                .replaceAll("<disk [^>]*><source protocol='rbd'[^>]*/><target dev='vdb'/></disk>", "")
                .replaceAll("<acme:note [^>]*>[^<]*</acme:note>", "")
                .replaceAll("<metadata>\\s*</metadata>", "");
    }
}
