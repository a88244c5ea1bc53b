import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

public class Crash_beb76c6be134011625d6049f9db331a88fdea924 {
    static final String base64Bytes = String.join("", "PGRvbWFpbiB0eXBlPSdrdm0nIGlkPSc3Jz4KICA8bmFtZT5pbnN0YW5jZS0wMDAwMDAyYjwvbmFtZT4KICA8dXVpZD4xMTExMTExMTIyMjIzMzMzNDQ0NDU1NTU1NTU1NTU1NjwvdXVpZD4KICA8bWVtb3J5IHVuaXQ9J0dpQic+MjwvbWVtb3J5PgogIDxtZW1vcnlCYWNraW5nPgogICAgPGh1Z2VwYWdlcz4KICAgICAgPHBhZ2Ugc2l6ZT0nMjA0OCcgdW5pdD0nS2lCJyBub2Rlc2V0PScwJy8+CiAgICAgIDxwYWdlIHNpemU9JzEnIHVuaXQ9J0cnIG5vZGVzZXQ9JzAtMScvPgogICAgPC9odWdlcGFnZXM+CiAgPC9tZW1vcnlCYWNraW5nPgogIDx2Y3B1IHBsYWNlbWVudD0nYXV0bycgY3B1c2V0PScxLCc+MzwvdmNwdT4KICA8dmNwdXM+CiAgICA8dmNwdSBpZD0nMCcgZW5hYmxlZD0neWVzJyBob3RwbHVnZ2FibGU9J25vJy8+CiAgICA8dmNwdSBpZD0nMScgZW5hYmxlZD0neWVzJyBob3RwbHVnZ2FibGU9J3llcycvPgogICAgPHZjcHUgaWQ9JzInIGVuYWJsZWQ9J25vJyBob3RwbHVnZ2FibGU9J3llcycvPgogIDwvdmNwdXM+CiAgPGNwdXR1bmU+CiAgICA8dmNwdXBpbiB2Y3B1PScwJyBjcHVzZXQ9JzAsMScvPgogICAgPHZjcHVwaW4gdmNwdT0nMScgY3B1c2V0PScwLTMsXjInLz4KICAgIDxlbXVsYXRvcnBpbiBjcHVzZXQ9JzAtMScvPgogICAgPGlvdGhyZWFkcGluIGlvdGhyZWFkPScxJyBjcHVzZXQ9JzInLz4KICA8L2NwdXR1bmU+CiAgPG51bWF0dW5lPgogICAgPG1lbW9yeSBub2Rlc2V0PScwLTEnLz4KICAgIDxtZW1ub2RlIGNlbGxpZD0nMCcgbW9kZT0ncHJlZmVycmVkJyBub2Rlc2V0PScwJy8+CiAgPC9udW1hdHVuZT4KICA8aW90aHJlYWRzPjE8L2lvdGhyZWFkcz4KICA8b3M+PHR5cGUgYXJjaD0neDg2XzY0JyBtYWNoaW5lPSdxMzUnPmh2bTwvdHlwZT48L29zPgogIDxjcHU+CiAgICA8bnVtYT4KICAgICAgPGNlbGwgaWQ9JzAnIGNwdXM9JzAtMScgbWVtb3J5PScxJyB1bml0PSdHaUInLz4KICAgICAgPGNlbGwgaWQ9JzAnIG1lbW9yeT0nMTA0ODU3NicvPgogICAgPC9udW1hPgogIDwvY3B1PgogIDxkZXZpY2VzPgogICAgPGRpc2sgdHlwZT0nbnZtZScgZGV2aWNlPSdkaXNrJz4KICAgICAgPHNvdXJjZSB0eXBlPSdwY2knIG1hbmFnZWQ9J3llcycgbmFtZXNwYWNlPScxJz4KICAgICAgICA8YWRkcmVzcyBkb21haW49JzB4MDAwMCcgYnVzPScweDAzJyBzbG90PScweDAwJyBmdW5jdGlvbj0nMHgwJy8+CiAgICAgIDwvc291cmNlPgogICAgICA8dGFyZ2V0IGRldj0ndmRhJyBidXM9J3ZpcnRpbycvPgogICAgPC9kaXNrPgogICAgPGludGVyZmFjZSB0eXBlPSdob3N0ZGV2JyBtYW5hZWVkPSd5ZXMnPgogICAgICA8bWFjIGFkZHJlc3M9JzUyOjU0OjAwOjZkOjkwOjAyJy8+CiAgICAgIDxzb3VyY2U+CiAgICAgICAgPGFkZHJlc3MgdHlwZT0ncGNpJyBkb21haW49JzB4MDAwMCcgYnVzPScweDAyJyBzbG90PScweDFmJyBmdW5jdGlvbj0nMHg3Jy8+CiAgICAgIDwvc291cmNlPgogICAgPC9pbnRlcmZhY2U+CiAgICA8aW50ZXJmYWNlIHR5cGU9J2hvc3RkZXYnPgogICAgICA8c291cmNlPjxhZGRyZXNzIHR5cGU9J3VzYicgYnVzPScxJyBkZXZpY2U9JzInLz48L3NvdXJjZT4KICAgIDwvaW50ZXJmYWNlPgogICAgPGhvc3RkZXYgbW9kZT0nc3Vic3lzdGVtJyB0eXBlPSdwY2knIG1hbmFnZWQ9J3llcyc+CiAgICAgIDxzb3VyY2U+CiAgICAgICAgPGFkZHJlc3MgZG9tYWluPScweDAwMDAnIGJ1cz0nNjUnIHNsb3Q9JzAxMicgZnVuY3Rpb249JzAnLz4KICAgICAgPC9zb3VyY2U+CiAgICA8L2hvc3RkZXY+CiAgICA8aG9zdGRldiBtb2RlPSdzdWJzeXN0ZW0nIHR5cGU9J3VzYic+CiAgICAgIDxzb3VyY2U+PHZlbmRvciBpZD0nMHgxMjM0Jy8+PHByb2R1Y3QgaWQ9JzB4YmVlZicvPjwvc291cmNlPgogICAgPC9ob3N0ZGV2PgogICAgPGhvc3RkZXYgbW9kZT0nc3Vic3lzdGVtJyB0eXBlPSdtZGV2JyBtb2RlbD0ndmZpby1wY2knPgogICAgICA8c291cmNlPjxhZGRyZXNzIHV1aWQ9JzUzNzY0ZDBlLTg1YTAtNDJiNC1hZjVjLTIwNDZiNDYwYjFkYycvPjwvc291cmNlPgogICAgPC9ob3N0ZGV2PgogICAgPGhvc3RkZXYgbW9kZT0nc3Vic3lzdGVtJyB0eXBlPSdtZGV2JyBtb2RlbD0ndmZpby1jY3cnPgogICAgICA8c291cmNlPjxhZGRyZXNzIHV1aWQ9JzUzNzY0ZDBlLTg1YTAtNDJiNC1hZjVjLTIwNDZiNDYwYjFkZCcvPjwvc291cmNlPgogICAgPC9ob3N0ZGV2PgogICAgPHZpZGVvPjxtb2RlbCB0eXBlPSdjaXJydXMnLz48L3ZpZGVvPgogIDwvZGV2aWNlcz4KPC9kb21haW4+Cg==");

    public static void main(String[] args) throws Throwable {
        Crash_beb76c6be134011625d6049f9db331a88fdea924.class.getClassLoader().setDefaultAssertionStatus(true);
        try {
            Method fuzzerInitialize = org.novagpubinder.domain.definition.DomainFuzz.class.getMethod("fuzzerInitialize");
            fuzzerInitialize.invoke(null);
        } catch (NoSuchMethodException ignored) {
            try {
                Method fuzzerInitialize = org.novagpubinder.domain.definition.DomainFuzz.class.getMethod("fuzzerInitialize", String[].class);
                fuzzerInitialize.invoke(null, (Object) args);
            } catch (NoSuchMethodException ignored1) {
            } catch (IllegalAccessException | InvocationTargetException e) {
                e.printStackTrace();
                System.exit(1);
            }
        } catch (IllegalAccessException | InvocationTargetException e) {
            e.printStackTrace();
            System.exit(1);
        }
        byte[] input = java.util.Base64.getDecoder().decode(base64Bytes);
        org.novagpubinder.domain.definition.DomainFuzz.fuzzerTestOneInput(input);
    }
}