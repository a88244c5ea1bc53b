import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

public class Crash_ab735f007f1c0e9dd364cdd09a9271148be38da5 {
    static final String base64Bytes = String.join("", "cmFiYml0Oi8vb3BlbnN0YWNrOmh1c2hIVUBIUzEwLmh1c2hIVVNINzIsdTI6aHVzaEhVU0glNGBAaDIvdmhvc3Q/c3NsPTEmaGVhcnRiZWF0PTM=");

    public static void main(String[] args) throws Throwable {
        Crash_ab735f007f1c0e9dd364cdd09a9271148be38da5.class.getClassLoader().setDefaultAssertionStatus(true);
        try {
            Method fuzzerInitialize = org.novagpubinder.config.TransportUrlFuzz.class.getMethod("fuzzerInitialize");
            fuzzerInitialize.invoke(null);
        } catch (NoSuchMethodException ignored) {
            try {
                Method fuzzerInitialize = org.novagpubinder.config.TransportUrlFuzz.class.getMethod("fuzzerInitialize", String[].class);
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
        org.novagpubinder.config.TransportUrlFuzz.fuzzerTestOneInput(input);
    }
}