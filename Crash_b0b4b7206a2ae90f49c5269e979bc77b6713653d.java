import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

public class Crash_b0b4b7206a2ae90f49c5269e979bc77b6713653d {
    static final String base64Bytes = String.join("", "PGRvbWFpbiB0eXBlPSdrdm0nPjxuYW1lPmE8L25hbWU+PG1lbW9yeT4xPC9tZW1vcnk+PHZjcHU+MjwvdmNwdT48ZGV2aWNlcz48dmlkZW8+PG1vZGVsIHR5cGU9J3ZpcnRpbycvPjwvdmlkZW8+PC9kZXZpY2VzPjwvZG9tYWluPg==");

    public static void main(String[] args) throws Throwable {
        Crash_b0b4b7206a2ae90f49c5269e979bc77b6713653d.class.getClassLoader().setDefaultAssertionStatus(true);
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