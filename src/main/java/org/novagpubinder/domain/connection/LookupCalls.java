package org.novagpubinder.domain.connection;

import com.sun.jna.Pointer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.libvirt.jna.ConnectionPointer;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.SecretUsage;

/** Whether libvirt has things besides domains. */
record LookupCalls(LibvirtSession session, ConnectionPointer connection, VirExtra vir) {
    private static final int NO_NETWORK = 43;
    private static final int NO_STORAGE_POOL = 49;
    private static final int NO_STORAGE_VOL = 50;
    private static final int NO_SECRET = 66;

    LookupCalls(LibvirtSession session, ConnectionPointer connection) {
        this(session, connection, session.library().extra());
    }

    private interface Check {
        boolean of(Pointer found) throws LibvirtFailure;
    }

    private interface Free {
        int free(Pointer found);
    }

    boolean secret(UUID uuid) throws LibvirtFailure {
        return look(
                vir.virSecretLookupByUUIDString(connection, uuid.toString()),
                NO_SECRET,
                "cannot look for the secret " + uuid,
                found -> true,
                vir::virSecretFree);
    }

    boolean secret(SecretUsage usage, String id) throws LibvirtFailure {
        return look(
                vir.virSecretLookupByUsage(connection, usage.number(), id),
                NO_SECRET,
                "cannot look for the secret of " + id,
                found -> true,
                vir::virSecretFree);
    }

    boolean network(String name) throws LibvirtFailure {
        String doing = "cannot look for the network " + name;
        return look(
                vir.virNetworkLookupByName(connection, name),
                NO_NETWORK,
                doing,
                found -> active(vir.virNetworkIsActive(found), doing),
                vir::virNetworkFree);
    }

    boolean volume(String pool, String volume) throws LibvirtFailure {
        String doing = "cannot look for the volume " + volume + " in the pool " + pool;
        return look(
                vir.virStoragePoolLookupByName(connection, pool),
                NO_STORAGE_POOL,
                doing,
                found -> active(vir.virStoragePoolIsActive(found), doing)
                        && look(
                                vir.virStorageVolLookupByName(found, volume),
                                NO_STORAGE_VOL,
                                doing,
                                v -> true,
                                vir::virStorageVolFree),
                vir::virStoragePoolFree);
    }

    private boolean active(int answer, String doing) throws LibvirtFailure {
        if (answer < 0) {
            throw session.library().lastError(doing, session::alive);
        }
        return answer == 1;
    }

    private boolean look(@Nullable Pointer found, int absent, String doing, Check check, Free free)
            throws LibvirtFailure {
        if (found == null) {
            LibvirtFailure failure = session.library().lastError(doing, session::alive);
            if (failure.code() == absent && failure.kind() != LibvirtFailure.Kind.CONNECTION) {
                return false;
            }
            throw failure;
        }
        try {
            return check.of(found);
        } finally {
            free.free(found);
        }
    }
}
