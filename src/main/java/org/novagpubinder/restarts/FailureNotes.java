package org.novagpubinder.restarts;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the file says, and what could not be written into it yet. Not safe for several threads. */
final class FailureNotes {
    // the name that operators know from the log
    private static final Logger LOG = LoggerFactory.getLogger(RestartFailures.class);

    private final RestartFile file;

    /** Oldest first. */
    private final List<Note> unwritten = new ArrayList<>();

    private @Nullable String told;

    FailureNotes(RestartFile file) {
        this.file = file;
    }

    enum Kind {
        RESTART,
        START,
        /** A start of another that went well has ended the row since. */
        START_BEFORE_ONE_THAT_WON,
        /** Nova has given the guest up on this host since. */
        START_OF_ONE_THAT_IS_GONE,
        /** It has failed for what is the guest's own: no row of others. */
        START_OF_ITS_OWN
    }

    record Note(FailedRestart what, Kind kind) {
        private RestartMemory into(RestartMemory memory) {
            if (memory.settles(what)) {
                return memory;
            }
            return switch (kind) {
                case RESTART -> memory.failed(what);
                case START -> memory.startFailed(what, true);
                case START_BEFORE_ONE_THAT_WON -> memory.startFailed(what, true).startWon();
                case START_OF_ONE_THAT_IS_GONE -> memory.startFailed(what, false);
                case START_OF_ITS_OWN -> memory.ownStartFailed(what);
            };
        }
    }

    RestartState now() {
        RestartFile.Reading now = file.read();
        RestartMemory memory = with(now.memory());
        boolean denied = RestartFile.DENIED.equals(now.trouble());
        String trouble = now.trouble() == null
                ? null
                : denied
                        ? "whether guests are restarted on this host is not known to this user, who may not read "
                                + file.path() + ": run it as root (a daemon that may not read it restarts no guest)"
                        : "no guest is restarted on this host: which restarts have failed is not known, for "
                                + file.path()
                                + " cannot be read (" + now.trouble()
                                + "); `nova-gpu-binder restarts --allow`, by the daemon's user (root), begins it anew";
        return new RestartState(memory.guests(), memory.suspension(), memory.starts(), trouble, denied);
    }

    private RestartMemory with(RestartMemory written) {
        RestartMemory memory = written;
        for (Note note : unwritten) {
            memory = note.into(memory);
        }
        return memory;
    }

    void add(Note note) {
        unwritten.add(note);
        writeWhatIsLeft();
    }

    void writeWhatIsLeft() {
        if (unwritten.isEmpty() && !file.isLost()) {
            return;
        }
        try {
            file.update(this::with);
            unwritten.clear();
            told = null;
        } catch (IOException e) {
            tellOnce("failed restarts are remembered by this process alone, until it ends: " + file.path()
                    + " cannot be written (" + e.getMessage()
                    + "); its directory has to be there and writable for the daemon, see runtime_directory in"
                    + " [gpu_binder]");
        }
    }

    /** Until something could be written again, or another trouble is told. */
    void tellOnce(String trouble) {
        if (!trouble.equals(told)) {
            LOG.error("{}", trouble);
            told = trouble;
        }
    }

    void startWon() {
        unwritten.removeIf(n -> n.kind() == Kind.START_OF_ONE_THAT_IS_GONE);
        // the guest is remembered all the same
        unwritten.replaceAll(n -> n.kind() == Kind.START ? new Note(n.what(), Kind.START_BEFORE_ONE_THAT_WON) : n);
        try {
            file.update(RestartMemory::startWon);
        } catch (IOException e) {
            LOG.warn("that a guest has started with its binding is not noted: {}: {}", file.path(), e.getMessage());
        }
    }

    void forget(UUID uuid) {
        unwritten.removeIf(n -> n.what().uuid().equals(uuid));
        if (file.read().memory().of(uuid).isEmpty()) {
            return;
        }
        try {
            file.update(memory -> memory.without(uuid));
        } catch (IOException e) {
            // it is not restarted once more, which is the safe side
            LOG.warn("instance {}: that its restart once failed stays in {}: {}", uuid, file.path(), e.getMessage());
        }
    }

    /**
     * An operator's word on one guest.
     *
     * @throws IOException if the file can be neither read nor written; the message says which, why, and what to do
     */
    Optional<FailedRestart> allow(UUID uuid) throws IOException {
        RestartFile.Reading now = file.read();
        if (now.trouble() != null && !RestartFile.DENIED.equals(now.trouble())) {
            throw new IOException(file.path() + " cannot be read (" + now.trouble()
                    + "); `nova-gpu-binder restarts --allow`, of all guests, begins it anew");
        }
        if (now.trouble() != null || now.memory().of(uuid).isPresent()) {
            changed(() -> file.update(memory -> memory.without(uuid)));
        }
        return now.memory().of(uuid);
    }

    /** An operator's word on all, whatever the file says. */
    void replace(RestartMemory memory) throws IOException {
        changed(() -> file.replace(memory));
        unwritten.clear();
    }

    private void changed(RestartFile.Work change) throws IOException {
        try {
            change.run();
        } catch (IOException e) {
            throw new IOException(
                    file.path() + " cannot be changed: " + e.getMessage()
                            + "; run it as the daemon's user (root), or see whether its directory is there and can be"
                            + " written",
                    e);
        }
    }
}
