package org.novagpubinder.domain.libvirt;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a secret of libvirt's is for (libvirt-secret.h:virSecretUsageType). */
public enum SecretUsage {
    /** The encryption of a disk. */
    VOLUME(1),
    /** The login at a Ceph cluster. */
    CEPH(2),
    /** The login at an iSCSI target. */
    ISCSI(3),
    /** The key of a TLS certificate. */
    TLS(4),
    /** The state of an emulated TPM. */
    VTPM(5);

    private final int number;

    SecretUsage(int number) {
        this.number = number;
    }

    /** By libvirt's word, e.g. ceph; empty if there is no such use. */
    public static Optional<SecretUsage> of(String word) {
        return Arrays.stream(values())
                .filter(u -> u.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst();
    }

    public int number() {
        return number;
    }
}
