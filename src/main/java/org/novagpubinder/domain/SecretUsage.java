package org.novagpubinder.domain;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a secret of libvirt's is for (libvirt-secret.h:virSecretUsageType). */
public enum SecretUsage {
    /** The encryption of a disk. */
    VOLUME,
    /** The login at a Ceph cluster. */
    CEPH,
    /** The login at an iSCSI target. */
    ISCSI,
    /** The key of a TLS certificate. */
    TLS,
    /** The state of an emulated TPM. */
    VTPM;

    /** By libvirt's word, e.g. ceph; empty if there is no such use. */
    static Optional<SecretUsage> of(String word) {
        return Arrays.stream(values())
                .filter(u -> u.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst();
    }

    /** libvirt's number of it. */
    int number() {
        return ordinal() + 1;
    }
}
