package org.novagpubinder.domain.definition;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.definition.DomainDefinition.Display;
import org.novagpubinder.domain.definition.DomainEdit.DisplayChange;
import org.novagpubinder.domain.record.VideoState;
import org.novagpubinder.domain.xml.ChildEdit;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlElement;
import org.novagpubinder.domain.xml.XmlPatch;
import org.novagpubinder.host.common.WordList;

/** Sets the render node of a domain XML, and adds or takes out the display that carries it. */
record DisplayEditor(XmlPatch patch, XmlElement domain) {
    /** The order in which libvirt prints devices, up to graphics. */
    private static final List<String> DEVICES = WordList.of("""
            emulator disk controller lease filesystem interface smartcard serial parallel console channel input tpm
            graphics""");

    private static final List<String> MODEL = List.of("acceleration", "resolution");

    void edit(DomainEdit edit) throws InvalidDomainXml {
        DisplayChange change = edit.display();
        String renderNode = edit.tuning().renderNode();
        Optional<DisplayReader.Found> display = DisplayReader.find(domain);
        if (display.isPresent() && change == DisplayChange.REMOVE && isOurs(display.get())) {
            remove(display.get().element(), edit.video());
        } else if (display.isPresent()) {
            setRenderNode(display.get(), renderNode);
        } else if (change == DisplayChange.ADD) {
            add(renderNode);
        } else if (renderNode != null) {
            throw new InvalidDomainXml(
                    "the domain has no display with GL that could take the render node " + renderNode);
        }
    }

    private void setRenderNode(DisplayReader.Found display, @Nullable String renderNode) {
        XmlElement carrier = display.carrier();
        if (carrier == null) {
            if (renderNode != null) {
                ChildEdit.insert(patch, display.element(), List.of("gl"), "gl", gl(renderNode));
            }
        } else if (renderNode == null
                && display.kind() == Display.EGL_HEADLESS
                && carrier.attributes().keySet().equals(Set.of("rendernode"))
                && carrier.children().isEmpty()) {
            patch.remove(carrier);
        } else {
            patch.attribute(carrier, "rendernode", renderNode);
        }
    }

    private static String gl(String renderNode) {
        return "<gl rendernode='" + XmlPatch.escaped(renderNode) + "'/>";
    }

    private void add(@Nullable String renderNode) throws InvalidDomainXml {
        XmlElement devices = domain.first("devices").orElse(domain);
        XmlElement model = DisplayReader.virtioModel(domain)
                .orElseThrow(() -> new InvalidDomainXml(
                        "the domain has no video of model virtio, so a render node would be of no use"));
        String line = patch.lineStart(devices.children().get(0));
        String content = renderNode == null
                ? "/>"
                : ">" + (line.isEmpty() ? "" : line + "  ") + gl(renderNode) + line + "</graphics>";
        ChildEdit.insert(patch, devices, DEVICES, "graphics", "<graphics type='egl-headless'" + content);
        Optional<XmlElement> acceleration = model.first("acceleration");
        if (acceleration.isPresent()) {
            patch.attribute(acceleration.get(), "accel3d", "yes");
        } else {
            ChildEdit.insert(patch, model, MODEL, "acceleration", "<acceleration accel3d='yes'/>");
        }
        // libvirt chooses the device that fits; one that it has written without 3D stays without, whatever accel3d says
        String device = model.attribute("device");
        if (device != null && !VideoState.is3d(device)) {
            patch.attribute(model, "device", null);
        }
    }

    /** Whether the display is such as {@link #add} makes: egl-headless with nothing but a render node. */
    private static boolean isOurs(DisplayReader.Found display) {
        XmlElement gl = display.carrier();
        return display.kind() == Display.EGL_HEADLESS
                && display.element().attributes().equals(Map.of("type", "egl-headless"))
                && display.element().children().size() == (gl == null ? 0 : 1)
                && (gl == null
                        || Set.of("rendernode").containsAll(gl.attributes().keySet()));
    }

    private void remove(XmlElement graphics, VideoState before) {
        patch.remove(graphics);
        String accel3d = before.accel3d();
        Optional<XmlElement> found = DisplayReader.virtioModel(domain).flatMap(m -> m.first("acceleration"));
        if (found.isPresent() && found.get().has("accel3d", "yes")) {
            XmlElement acceleration = found.get();
            if (accel3d == null && acceleration.attributes().size() == 1) {
                patch.remove(acceleration);
            } else {
                boolean said = accel3d != null && !accel3d.isEmpty();
                patch.attribute(acceleration, "accel3d", said ? accel3d : null);
            }
        }
        // a libvirt that is newer than the binding has written the device with 3D into it, and refuses that without
        // accel3d
        DisplayReader.virtioModel(domain).ifPresent(model -> {
            String device = model.attribute("device");
            boolean refused = device != null && VideoState.is3d(device) && !"yes".equals(accel3d);
            if (before.device() != null || refused) {
                patch.attribute(model, "device", before.device());
            }
        });
    }
}
