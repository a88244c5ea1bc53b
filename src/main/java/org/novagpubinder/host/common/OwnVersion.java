package org.novagpubinder.host.common;

/** The version of nova-gpu-binder itself. */
public final class OwnVersion {
    private OwnVersion() {}

    /** As the build wrote it into the jar's manifest; "development" if this is not run from a jar. */
    public static String word() {
        String version = OwnVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
