import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

public class Crash_35a939e920b8bcffeb940c07e7ff99e9c4e9a7df {
    static final String base64Bytes = String.join("", "PGRvbWFpbiB0eXBlPSdrdm0nPjxuYW1lPmE8L25hbWU+PHV1aWQ+NWIwZDFhOWUtOWEzNS00YzQ5LThlN2MtMmFjMTRkY2I3ZDExPC91dWlkPjxtZXRhZGF0YT4KICA8IS0tIGMgLS0+PHg6eSB4bWxuczp4PSd1Jz50PC94Onk+PGJpbmRpbmcgeG1sbnM9InVybjpub3ZhLWdwdS1iaW5kZXI6YmluZGluZzowIiB2ZXJzaW9uPSIwLjEuMCIgaG9zdD0iY21wLWEiIHRpbWU9IjIwMjYtMTEtMjNUMDg6MDA6MDBaIiBzdGF0ZT0icmVzdGFydGluZyIgb3V0Y29tZT0iYm91bmQiIG5vZGVzPSIxIiBkaXNwbGF5PSJhZGRlZCIgYWNjZWwzZEJlZm9yZT0ibm8iIHZpZGVvRGV2aWNlQmVmb3JlPSJ5ZXMiIHN0YXJ0PSIxMjM0NTYiIGJvb3Q9ImIiIHRyaWVkPSIyMDI2LTEx0s3Mq8/Hxc8wOjAxWiI+PHJlYXNvbiBjb2RlPSJjaG9zZW4iLz48ZXh0cmFTcGVjIGtleT0iZ3B1X2JpbmRlcjpwb2xpY3kiIHZhbHVlPSJyZXF1aXJlZCIvPjxzZXQgcmVuZGVyTm9kZT0iL2Rldi9kcmkvcmVuZGVyRDEyOSI+PHZjcHVwaW4gdmNwdXM9IjAtMyIgY3B1c2V0PSI4LTE1Ii8+PGVtdWxhdG9ycGluIGNwdXNldD0iOC0xNSIvPjxpb3RocmVhZHBpbiBpb3RocmVhZHM9IjEiIGNwdXNldD0iOCIvPjxtZW1vcnkgbW9kZT0icHJlZmVycmVkIiBub2Rlc2V0PSIxIi8+PG1lbW5vZGUgY2VsbGlkPSIwIiBtb2RlPSJzdHJpY3QiIG5vZGVzZXQ9IjEiLz48L3NldD48YmVmb3JlPjx2Y3B1cGluIHZjcHVzPSIwIiBjcHVzZXQ9IjEiLz48L2JlZm9yZT48L2JpbmRpbmc+PC9tZXRhZGF0YT48bWVtb3J5IHVuaXQ9J0dpQic+MTwvbWVtb3J5Pjx2Y3B1IGNwdXNldD0nMC0zJz40PC92Y3B1Pjxpb3RocmVhZHM+MjwvaW90aHJlYWRzPjxjcHV0dW5lPjxzaGFyZXM+Mjwvc2hhcmVzPjx2Y3B1cGluIHZjcHU9JzAnIGNwdXNldD0nOC0xNScvPjxlbXVsYXRvcnBpbiBjcHVzZXQ9JzEnLz48L2NwdXR1bmU+PG51bWF0dW5lPjxtZW1vcnkgdG9kZT0nc3RyaWN0JyBwbGFjZW1lbnQ9J2F1dG8nLz48bWVtbm9kZSBjZWxsaWQ9JzAnIG1vZGU9J3N0cmljdCcgbm9kZXNldD0nMScvPjwvbnVtYXR1bmU+PG9zPjx0eXBlPmh2bTwvdHlwZT48L29zPjxjcHU+PG51bWE+PGNlbGwgaWQ9JzAnIGNwdXM9JzAtMScgbWVtb3J5PScxJyB1bml0PSdHaUInLz48L251bWE+PC9jcHU+PGRldmljZXM+PGdyYXBoaWNzIHR5cGU9J3NwaWNlJz48Z2wgZW5hYmxlPSd5ZXMnLz48L2dyYXBoaWNzPjx2aWRlbz48bW9kZWwgdHlwZT0ndmlydGlvJz48YWNjZWxlcmF0aW9uIGFjY2VsM2Q9J25vJy8+PC9tb2RlbD48L3ZpZGVvPjxob3N0ZGV2IG1vZGU9J3N1YnN5c3RlbScgdHlwZT0ncGNpJz48c291cmNlPjxhZGRyZXNzIGRvbWFpbj0nMCcgYnVzPScweDQxJyBzbG90PScwJyBmdW5jdGlvbj0nMCcvPjwvc291cmNlPjwvaG9zdGRldj48L2RldmljZXM+PC9kb21haW4+");

    public static void main(String[] args) throws Throwable {
        Crash_35a939e920b8bcffeb940c07e7ff99e9c4e9a7df.class.getClassLoader().setDefaultAssertionStatus(true);
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