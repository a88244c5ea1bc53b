import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

public class Crash_af28bccb8f3c885cb1c4f255a3f5d3c13f0215ea {
    static final String base64Bytes = String.join("", "cFXYIC9lY2hvIGNzIEhUVFAvMS5BRA0KDQogLyttZXRyaWNzIEh0VC8xLg0KDQ0KMFsNCg==");

    public static void main(String[] args) throws Throwable {
        Crash_af28bccb8f3c885cb1c4f255a3f5d3c13f0215ea.class.getClassLoader().setDefaultAssertionStatus(true);
        try {
            Method fuzzerInitialize = org.novagpubinder.observability.http.HttpFuzz.class.getMethod("fuzzerInitialize");
            fuzzerInitialize.invoke(null);
        } catch (NoSuchMethodException ignored) {
            try {
                Method fuzzerInitialize = org.novagpubinder.observability.http.HttpFuzz.class.getMethod("fuzzerInitialize", String[].class);
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
        org.novagpubinder.observability.http.HttpFuzz.fuzzerTestOneInput(input);
    }
}