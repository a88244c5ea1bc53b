package org.novagpubinder.domain.connection;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.libvirt.Connect;
import org.libvirt.ErrorCallback;
import org.libvirt.jna.DomainPointer;
import org.libvirt.jna.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtErrors;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;

/**
 * libvirt.so as a whole: the functions that libvirt-java declares and ours.
 *
 * @param vir libvirt-java's declarations
 * @param extra ours
 */
record LibvirtLibrary(Libvirt vir, VirExtra extra) {
    /** libvirt's own handler prints every error to stderr; the callback must never be collected. */
    private static final ErrorCallback SILENT = new ErrorCallback();

    /**
     * Loads the library; a second time it costs nothing.
     *
     * @throws LibvirtFailure if it is not installed
     */
    static LibvirtLibrary load() throws LibvirtFailure {
        loadJna();
        try {
            VirExtra extra =
                    Native.load("virt", VirExtra.class, Map.of(com.sun.jna.Library.OPTION_STRING_ENCODING, "UTF-8"));
            Connect.setErrorCallback(SILENT);
            return new LibvirtLibrary(Libvirt.INSTANCE, extra);
        } catch (LinkageError | org.libvirt.LibvirtException e) {
            // libvirt-java needs libvirt-qemu.so as well
            throw new LibvirtFailure(
                    Kind.ERROR,
                    0,
                    "cannot load libvirt.so.0 and libvirt-qemu.so.0 (" + firstLine(e) + ")",
                    "install Debian's package libvirt0 (apt install libvirt0)");
        }
    }

    private static void loadJna() throws LibvirtFailure {
        try {
            Native.getNativeSize(int.class);
        } catch (LinkageError e) {
            throw new LibvirtFailure(
                    Kind.ERROR,
                    0,
                    "cannot load JNA's own library, libjnidispatch.so (" + firstLine(e) + ")",
                    "the package has it; a jar by itself unpacks it, and needs a directory for that from which programs may "
                            + "be run: -Djna.tmpdir=DIRECTORY before -jar");
        }
    }

    private static String firstLine(Throwable e) {
        // at the second attempt Java says only that the class could not be initialized, and why as the cause
        Throwable first = Optional.ofNullable(e.getCause()).orElse(e);
        return String.valueOf(first.getMessage())
                .lines()
                .findFirst()
                .map(line ->
                        line.replaceFirst(":\\s*$", "").replaceFirst("^Exception \\S+: (.*) \\[in thread .*]$", "$1"))
                .orElse(e.getClass().getSimpleName());
    }

    /**
     * What the last call on this thread failed with; to be asked before any other call.
     *
     * @param doing what was tried, as in "cannot define a domain"
     * @param alive whether the connection still works; asked only after the error was fetched, for it is a call as well
     */
    LibvirtFailure lastError(String doing, BooleanSupplier alive) {
        int code = extra.virGetLastErrorCode();
        // More lines would quote the XML, and with it perhaps a password
        String words = String.valueOf(extra.virGetLastErrorMessage())
                .lines()
                .findFirst()
                .orElse("no reason given");
        Kind kind = alive.getAsBoolean() ? LibvirtErrors.kind(code, words) : Kind.CONNECTION;
        return new LibvirtFailure(kind, code, doing + ": " + words);
    }

    /** A domain's name; costs no round trip. */
    String name(DomainPointer domain) {
        String name = extra.virDomainGetName(domain);
        return name == null ? "" : name;
    }

    /** A domain's UUID; costs no round trip. */
    UUID uuid(DomainPointer domain) {
        byte[] text = new byte[37];
        vir.virDomainGetUUIDString(domain, text);
        return UUID.fromString(Native.toString(text, StandardCharsets.US_ASCII.name()));
    }

    /** Reads a string that libvirt has allocated, and frees it. */
    static String take(Pointer string) {
        try {
            return string.getString(0, StandardCharsets.UTF_8.name());
        } finally {
            Native.free(Pointer.nativeValue(string));
        }
    }
}
