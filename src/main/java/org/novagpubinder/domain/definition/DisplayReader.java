package org.novagpubinder.domain.definition;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.definition.DomainDefinition.Display;
import org.novagpubinder.domain.record.VideoState;
import org.novagpubinder.domain.xml.XmlElement;

/** Finds the display that reaches a render node. */
final class DisplayReader {
    private static final Map<String, Display> GRAPHICS =
            Map.of("egl-headless", Display.EGL_HEADLESS, "spice", Display.SPICE, "dbus", Display.DBUS);

    private static final Set<String> ALONE = Set.of("dbus", "sdl", "rdp");

    private DisplayReader() {}

    /**
     * @param kind which
     * @param element {@code <graphics>}, or {@code <model>} of {@code <video>}
     * @param carrier the element with the attribute rendernode: {@code <gl>} or {@code <acceleration>}; null if the
     *     display has none yet
     */
    record Found(Display kind, XmlElement element, @Nullable XmlElement carrier) {
        /** The render node that it names; null if it leaves it to libvirt. */
        @Nullable
        String renderNode() {
            String path = carrier == null ? null : carrier.attribute("rendernode");
            return path == null || path.isEmpty() ? null : path;
        }
    }

    /**
     * The display of the domain that opens a render node: libvirt gives one to egl-headless, to spice and dbus with {@code <gl
     * enable='yes'>} (qemu_process.c:qemuProcessGraphicsSetupRenderNode) and to vhost-user video.
     *
     * <p>No other does beside it: dbus and egl-headless are an argument -display each, of which QEMU takes the last, and with
     * spice's GL beside one of them it does not start (ui/console.c:qemu_console_set_display_gl_ctx).
     */
    static Optional<Found> find(XmlElement domain) {
        Optional<Found> found = Optional.empty();
        for (XmlElement graphics : domain.all("devices", "graphics")) {
            Display kind = GRAPHICS.get(graphics.attributes().getOrDefault("type", ""));
            XmlElement gl = graphics.first("gl").orElse(null);
            if (kind == Display.EGL_HEADLESS || (kind != null && gl != null && gl.has("enable", "yes"))) {
                found = kind == Display.SPICE && found.isPresent() ? found : Optional.of(new Found(kind, graphics, gl));
            }
        }
        if (found.isPresent()) {
            return found;
        }
        for (XmlElement video : domain.all("devices", "video")) {
            Optional<XmlElement> model = video.first("model");
            Optional<XmlElement> acceleration = model.flatMap(m -> m.first("acceleration"));
            if (model.isPresent()
                    && acceleration.isPresent()
                    && video.all("driver").stream().anyMatch(d -> d.has("name", "vhostuser"))
                    && (acceleration.get().attribute("rendernode") != null
                            || acceleration.get().has("accel3d", "yes"))) {
                return Optional.of(new Found(Display.VHOST_USER, model.get(), acceleration.get()));
            }
        }
        return Optional.empty();
    }

    /**
     * Whether a display for a render node can be added. Not behind one that is an argument -display too (that of rdp is dbus),
     * nor to a video with blobs, which QEMU 7.2 refuses beside 3D (hw/display/virtio-gpu.c:virtio_gpu_device_realize).
     */
    static boolean hasRoom(XmlElement domain) {
        return virtioModel(domain).filter(m -> !m.has("blob", "on")).isPresent()
                && domain.all("devices", "graphics").stream()
                        .noneMatch(g -> ALONE.contains(g.attributes().getOrDefault("type", "")));
    }

    /** The model of the first video that can use a render node. */
    static Optional<XmlElement> virtioModel(XmlElement domain) {
        return domain.all("devices", "video", "model").stream()
                .filter(m -> m.has("type", "virtio"))
                .findFirst();
    }

    static VideoState video(XmlElement domain) {
        return virtioModel(domain)
                .map(m -> new VideoState(
                        m.first("acceleration")
                                .map(a -> a.attributes().getOrDefault("accel3d", ""))
                                .orElse(null),
                        m.attribute("device")))
                .orElse(VideoState.NONE);
    }
}
