package org.novagpubinder.config;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.novagpubinder.config.oslo.BadValue;
import org.novagpubinder.config.oslo.OptionType;
import org.novagpubinder.config.oslo.PythonText;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.Secret;

/**
 * {@code rabbit://user:password@host:5672,user2:password2@host2/vhost?ssl=1}, read as {@code
 * oslo_messaging/transport.py:TransportURL.parse}, {@code _drivers/impl_rabbit.py} and kombu together do, so that the
 * binder reaches the broker that Nova reaches:
 *
 * <ul>
 *   <li>no host is localhost; no port is 5672, with TLS too; each host has its own credentials (those of the first do not
 *       hold for the others), and where user or password is missing or empty it is guest;
 *   <li>an IPv6 address has brackets, or no port;
 *   <li>no or an empty vhost is {@code /}; {@code //} is {@code /} too;
 *   <li>the query overrides {@code [oslo_messaging_rabbit]}.
 * </ul>
 *
 * @param addresses the brokers, in the order of the URL
 * @param virtualHost the vhost, decoded
 * @param tls whether the scheme asks for TLS ({@code kombu+amqps})
 * @param query options, decoded; several values of one name joined by commas, as parse_qs gives them to oslo
 */
record TransportUrl(List<BrokerAddress> addresses, String virtualHost, boolean tls, Map<String, String> query) {
    static final OptionType<TransportUrl> TYPE =
            new OptionType<>("rabbit://USER:PASSWORD@HOST:PORT[,USER:PASSWORD@HOST:PORT]/VHOST", TransportUrl::parse);

    private static final int AMQP_PORT = 5672;
    private static final String GUEST = "guest";

    private static final Pattern FORM =
            Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)(/[^?#]*)?(?:\\?([^#]*))?(#.*)?");
    private static final Pattern RABBIT = Pattern.compile("rabbit|kombu\\+(rabbit|amqp|pyamqp|librabbitmq|amqps)");
    /** Only these are told in an error: before the "://" of a mangled URL may stand a part of the password. */
    private static final Pattern OTHER_DRIVERS = Pattern.compile("amqps?|kafka|fake|zmq|qpid|memory|http|https");

    private static final Pattern HOST = Pattern.compile("[\\p{L}\\p{N}._-]+");
    private static final String ADDRESS = "[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?";
    private static final Pattern IPV6 = Pattern.compile("\\[(" + ADDRESS + ")\\](?::(.*))?");

    /** Seven colons, or two that stand together. A port behind them is taken for a part of the address, by Nova too. */
    private static final Pattern BARE_IPV6 = Pattern.compile("(?=.*::|(?:[^:]*:){7}[^:]*$)" + ADDRESS);

    private static final String ENCODE =
            "; in user, password and virtual host write : / ? # [ ] @ , and % as %3A %2F %3F %23 %5B %5D %40 %2C and %25";

    /** Whoever wrote a RabbitMQ's URL in its place would take the messages from those who read them there. */
    private static final String NOVAS_OWN =
            "; where Nova sends notifications by it leave it so, and set transport_url in [gpu_binder] to the RabbitMQ of"
                    + " [DEFAULT]: guests are then bound by libvirt's events and sweeps alone";

    TransportUrl {
        addresses = List.copyOf(addresses);
        query = Map.copyOf(query);
    }

    /** @throws BadValue saying what is wrong without any part of the URL */
    static TransportUrl parse(String text) throws BadValue {
        // urllib.parse drops these, so a URL may be folded over lines
        String url = PythonText.strip(text.replaceAll("[\t\r\n]", ""));
        Matcher m = FORM.matcher(url);
        if (!m.matches()) {
            throw new BadValue("does not begin with a scheme and '://'");
        }
        String scheme = m.group(1).toLowerCase(Locale.ROOT);
        if (!RABBIT.matcher(scheme).matches()) {
            throw new BadValue(
                    OTHER_DRIVERS.matcher(scheme).matches()
                            ? "has the scheme '" + scheme + "' that is not RabbitMQ's" + NOVAS_OWN
                            : "has a scheme that is not RabbitMQ's");
        }
        if (m.group(5) != null) {
            throw new BadValue("has a '#'" + ENCODE);
        }
        boolean several = m.group(2).indexOf(',') >= 0;
        boolean inPath = m.group(3) != null && m.group(3).indexOf('@') >= 0;
        boolean unread = m.group(2).indexOf('@') < 0 && url.indexOf('@') >= 0;
        if ((several && inPath) || unread) {
            // or the rest of a password would be taken for a vhost, and shown; of one broker oslo takes a vhost with an
            // '@'
            throw new BadValue("has its '@' behind a '/' or '?'" + ENCODE);
        }
        String[] hosts = m.group(2).split(",", -1);
        List<BrokerAddress> addresses = new ArrayList<>();
        for (int i = 0; i < hosts.length; i++) {
            if (!hosts[i].isEmpty()) {
                addresses.add(address(hosts[i], hosts.length == 1 ? "its host" : "its host number " + (i + 1)));
            }
        }
        if (addresses.isEmpty()) {
            addresses.add(new BrokerAddress("localhost", AMQP_PORT, GUEST, new Secret(GUEST)));
        }
        // kombu decodes a second time what oslo.messaging has decoded
        String vhost = m.group(3) == null ? "" : decode(decode(m.group(3).substring(1)));
        return new TransportUrl(
                addresses,
                vhost.isEmpty() ? "/" : vhost,
                scheme.endsWith("amqps"),
                query(m.group(4) == null ? "" : m.group(4)));
    }

    private static BrokerAddress address(String text, String which) throws BadValue {
        int at = text.lastIndexOf('@');
        String login = at < 0 ? "" : text.substring(0, at);
        String place = text.substring(at + 1);
        int colon = login.indexOf(':');
        String user = decode(colon < 0 ? login : login.substring(0, colon));
        String password = colon < 0 ? "" : decode(login.substring(colon + 1));
        String host;
        String port;
        Matcher ipv6 = IPV6.matcher(place);
        if (ipv6.matches()) {
            host = ipv6.group(1);
            port = ipv6.group(2) == null ? "" : ipv6.group(2);
        } else if (BARE_IPV6.matcher(place).matches()) {
            // oslo_utils/netutils.py:parse_host_port
            host = place;
            port = "";
        } else if (place.startsWith("[")) {
            throw new BadValue("has in " + which + " a '[' without an IPv6 address and ']'" + ENCODE);
        } else {
            int split = place.indexOf(':');
            host = split < 0 ? place : place.substring(0, split);
            port = split < 0 ? "" : place.substring(split + 1);
            if (!host.isEmpty() && !HOST.matcher(host).matches()) {
                throw new BadValue("has in " + which + " a character that no host name has" + ENCODE);
            }
        }
        return new BrokerAddress(
                host.isEmpty() ? "localhost" : host,
                port(port, which),
                user.isEmpty() ? GUEST : user,
                new Secret(password.isEmpty() ? GUEST : password));
    }

    private static int port(String text, String which) throws BadValue {
        if (text.isEmpty()) {
            return AMQP_PORT;
        }
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65_535) {
            throw new BadValue("has in " + which
                    + " a port that is no number from 1 to 65535; an IPv6 address stands in" + " brackets" + ENCODE);
        }
        int port = Integer.parseInt(text);
        return port == 0 ? AMQP_PORT : port;
    }

    private static Map<String, String> query(String text) {
        Map<String, String> query = new LinkedHashMap<>();
        for (String part : text.split("&", -1)) {
            int equal = part.indexOf('=');
            if (equal > 0 && equal < part.length() - 1) {
                String value = decode(part.substring(equal + 1).replace('+', ' '));
                query.merge(decode(part.substring(0, equal).replace('+', ' ')), value, (a, b) -> a + "," + b);
            }
        }
        return query;
    }

    /** Python's {@code urllib.parse.unquote}: what is no %nn stays as it is. */
    private static String decode(String text) {
        byte[] in = text.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[in.length];
        int n = 0;
        for (int i = 0; i < in.length; i++) {
            int high = in[i] == '%' && i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(in[i + 2], 16);
            if (low < 0) {
                out[n++] = in[i];
            } else {
                out[n++] = (byte) (high << 4 | low);
                i += 2;
            }
        }
        return new String(out, 0, n, StandardCharsets.UTF_8);
    }

    /** Where it leads, without credentials and without the query. */
    @Override
    public String toString() {
        return addresses.stream().map(a -> a.host() + ":" + a.port()).toList() + " vhost " + virtualHost;
    }
}
