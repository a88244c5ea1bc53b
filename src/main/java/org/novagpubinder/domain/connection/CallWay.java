package org.novagpubinder.domain.connection;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.libvirt.jna.ConnectionPointer;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.OneAtATime;

/**
 * How calls get to libvirt and to a domain there: over which connection, and in which of its lanes.
 *
 * @param xmls who reads a domain's XML waits for others that do; null for calls that a guest waits for, or that go on where a
 *     lane is held
 */
record CallWay(
        Source source,
        Function<LibvirtSession, Lane> lane,
        @Nullable OneAtATime xmls) {
    private interface Lane {
        <T> T call(LibvirtSession.Call<T> call) throws LibvirtFailure;
    }

    /** Where calls get their connection from. */
    interface Source {
        /**
         * The connection that is open now.
         *
         * @throws LibvirtFailure of kind CONNECTION, at once, if there is none
         */
        LibvirtSession session() throws LibvirtFailure;
    }

    interface Call<T> {
        T on(LibvirtSession session, ConnectionPointer connection) throws LibvirtFailure;
    }

    static CallWay over(Source source) {
        return new CallWay(source, session -> session::call, new OneAtATime());
    }

    CallWay urgent() {
        return new CallWay(source, session -> session::urgently, null);
    }

    static CallWay in(LibvirtSession session, LibvirtSession.Lane held) {
        return new CallWay(() -> session, same -> held::call, null);
    }

    LibvirtSession session() throws LibvirtFailure {
        return source.session();
    }

    <T> T call(Call<T> call) throws LibvirtFailure {
        LibvirtSession session = source.session();
        return lane.apply(session).call(connection -> call.on(session, connection));
    }

    <T> T on(UUID uuid, LibvirtDomain.Action<T> action) throws LibvirtFailure {
        return call((session, connection) -> {
            LibvirtDomain held = session.held().take(uuid);
            return (held == null ? LibvirtDomain.lookUp(session, connection, uuid) : held).use(action);
        });
    }

    /** Reads the domain's XML: one reader of a domain at a time, so that the others' lanes stay free. */
    <T> T read(UUID uuid, LibvirtDomain.Action<T> action) throws LibvirtFailure {
        // in its lane: to wait for one is not the domain's fault
        return xmls == null ? on(uuid, action) : on(uuid, domain -> xmls.ask(uuid, () -> action.on(domain)));
    }

    /** Does something with the domain, looked up anew; empty if libvirt does not have it. */
    <T> Optional<T> find(UUID uuid, LibvirtDomain.Action<T> action) throws LibvirtFailure {
        return found((session, connection) ->
                LibvirtDomain.lookUp(session, connection, uuid).use(action));
    }

    <T> Optional<T> find(String name, LibvirtDomain.Action<T> action) throws LibvirtFailure {
        return found((session, connection) ->
                LibvirtDomain.lookUp(session, connection, name).use(action));
    }

    private <T> Optional<T> found(Call<T> lookUp) throws LibvirtFailure {
        try {
            return Optional.of(call(lookUp));
        } catch (LibvirtFailure e) {
            e.throwUnlessDeleted();
            return Optional.empty();
        }
    }
}
