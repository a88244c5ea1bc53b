package org.novagpubinder.fuzz;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * What Jazzer is given in the place of a target, which the property {@code fuzz.target} names: Jazzer loads what the methods
 * of its target name before it instruments, and a JVM of version 17 loses fields of annotated records that are instrumented
 * once they are loaded.
 */
public final class FuzzEntry {
    private FuzzEntry() {}

    private static final class Target {
        static final MethodHandle TAKE = find();

        private static MethodHandle find() {
            try {
                return MethodHandles.lookup()
                        .findStatic(
                                Class.forName(System.getProperty("fuzz.target")),
                                "fuzzerTestOneInput",
                                MethodType.methodType(void.class, byte[].class));
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("no target", e);
            }
        }
    }

    /** One input. */
    public static void fuzzerTestOneInput(byte[] input) throws Throwable {
        Target.TAKE.invokeExact(input);
    }
}
