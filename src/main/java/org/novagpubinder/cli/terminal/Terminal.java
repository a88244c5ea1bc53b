package org.novagpubinder.cli.terminal;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/** Whoever sits at the terminal, if anybody does. */
public final class Terminal {
    /** ioctl_tty(2): struct winsize has rows, columns, and two that nobody fills. */
    private static final int WINDOW_SIZE_BYTES = 8;

    /** asm-generic/ioctls.h; POWER has another. */
    private static final int TIOCGWINSZ = 0x5413;

    private static final int LEAST_WIDTH = 80;

    interface LibC extends Library {
        int ioctl(int file, NativeLong request, Object... argument);
    }

    private Terminal() {}

    /** Whether standard input is a terminal. What System.console() tells of that is another thing in each release of Java. */
    public static boolean there() {
        return terminal(0);
    }

    /** Whether standard error is one that can clear a line. */
    static boolean stderr() {
        return !dumb() && terminal(2);
    }

    /** Whether standard output is to be coloured; picocli asks for NO_COLOR and the like, but not for TERM. */
    public static Ansi ansi() {
        return dumb() ? Ansi.OFF : Ansi.AUTO;
    }

    /** The columns of what gets standard output: 80 of a terminal that does not tell, {@link Screen#USUAL_WIDTH} of no terminal. */
    public static int columns() {
        if (!terminal(1)) {
            return Screen.USUAL_WIDTH;
        }
        byte[] size = new byte[WINDOW_SIZE_BYTES];
        int told = 0;
        try {
            LibC libc = Native.load(Platform.C_LIBRARY_NAME, LibC.class);
            if (!Platform.isPPC() && libc.ioctl(1, new NativeLong(TIOCGWINSZ), size) == 0) {
                told = ByteBuffer.wrap(size).order(ByteOrder.nativeOrder()).getShort(2) & 0xffff;
            }
        } catch (LinkageError unusable) {
            told = 0;
        }
        return told == 0 ? LEAST_WIDTH : Math.max(LEAST_WIDTH, told);
    }

    /** Whether the locale's characters are UTF-8's, by the variables that locale(7) asks, in its order. */
    public static boolean utf8(Map<String, String> environment) {
        String locale = Stream.of("LC_ALL", "LC_CTYPE", "LANG")
                .map(name -> environment.getOrDefault(name, ""))
                .filter(value -> !value.isEmpty())
                .findFirst()
                .orElse("C");
        return locale.toLowerCase(Locale.ROOT).matches(".*\\.utf-?8(@.*)?");
    }

    private static boolean dumb() {
        return "dumb".equals(System.getenv("TERM"));
    }

    private static boolean terminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.matches("/dev/(pts/|tty|console).*");
        } catch (IOException noProc) {
            return false;
        }
    }

    private static @Nullable String line() {
        try {
            return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        } catch (IOException closed) {
            return null;
        }
    }

    /**
     * Asks on {@code err}, since stdout is for results: whether the answer is yes; empty if there is none, as of a standard
     * input that is at its end.
     */
    public static Optional<Boolean> answer(PrintWriter err, String question) {
        err.print(question + " [y/N] ");
        err.flush();
        String answer = line();
        if (answer == null) {
            err.println();
            return Optional.empty();
        }
        return Optional.of(answer.strip().matches("(?i)y(es)?"));
    }
}
