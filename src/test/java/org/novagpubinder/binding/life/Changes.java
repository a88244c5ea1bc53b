package org.novagpubinder.binding.life;

/** What others change in a domain beside the daemon: it has to stay. */
public final class Changes {
    /** What of each change is found again in a domain that has it. */
    public static final String TITLE = "<title>as a fresh one</title>";

    public static final String VOLUME = "<target dev='vdb'/>";
    public static final String NOTE = "urn:acme";

    /** A volume, as Nova attaches it. */
    public static final String DISK =
            "<disk type='network' device='disk'><source protocol='rbd' name='volumes/volume-1'/>" + VOLUME + "</disk>";

    private static final String NOTES = "<acme:note xmlns:acme='" + NOTE + "'>backup at 3</acme:note>";

    private Changes() {}

    public static String titled(String definition) {
        return definition.replace("</name>", "</name>" + TITLE);
    }

    public static String noted(String definition) {
        return definition.contains("<metadata>")
                ? definition.replace("<metadata>", "<metadata>" + NOTES)
                : definition.replace("<memory unit", "<metadata>" + NOTES + "</metadata><memory unit");
    }

    /** The domain without them. */
    public static String without(String domain) {
        return domain.replace(TITLE, "")
                .replaceAll("<disk [^>]*><source protocol='rbd'[^>]*/><target dev='vdb'/></disk>", "")
                .replaceAll("<acme:note [^>]*>[^<]*</acme:note>", "")
                .replaceAll("<metadata>\\s*</metadata>", "");
    }
}
