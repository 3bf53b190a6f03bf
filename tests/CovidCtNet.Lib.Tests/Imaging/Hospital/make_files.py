"""Writes the small synthetic files of this folder and, in expected.json, the values that independent tools read from them.

Debian packages: python3-pydicom python3-gdcm python3-nibabel python3-tifffile python3-pil dcmtk libgdcm-tools imagemagick libtiff-tools.
DICOM is written by pydicom and encoded by dcmtk and gdcm; expected values are pydicom's (native), dcmtk's after decompression and gdcm's,
which must agree before they are written. NIfTI comes from nibabel, TIFF from tifffile, libtiff's tiffcp and ImageMagick.
"""
import json, os, subprocess, sys, tempfile
import numpy as np
import nibabel, pydicom, tifffile, gdcm
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian

here = os.path.dirname(os.path.abspath(__file__))
out = os.path.join(here, "files")
os.makedirs(out, exist_ok=True)
expected = []

def pattern(w, h, low, high):
    y, x = np.mgrid[0:h, 0:w]
    p = (x * x * 7 + y * y * 3 + x * y * 5 + x // 9 * 40 + y // 7 * 60) % 997 / 996.0
    body = ((x - w / 2) / (w / 2)) ** 2 + ((y - h / 2) / (h / 2)) ** 2 < 0.9
    return np.where(body, np.round(low + (high - low) * p), low).astype(np.int64)

def ct(name, stored, signed, bits, intercept=-1024, slope=1, photometric="MONOCHROME2", syntax=ExplicitVRLittleEndian, allocated=16, high=None, extra=None, frames=None, part10=True):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    ds.file_meta.MediaStorageSOPInstanceUID = "1.2.826.0.1.3680043.8.498.1"
    ds.file_meta.TransferSyntaxUID = syntax
    ds.file_meta.ImplementationClassUID = "1.2.826.0.1.3680043.8.498.2"
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.Modality = "CT"
    ds.PatientName = "Synthetic^Phantom"
    ds.PatientID = "P0"
    ds.StudyInstanceUID = "1.2.826.0.1.3680043.8.498.3"
    ds.SeriesInstanceUID = "1.2.826.0.1.3680043.8.498.4"
    ds.InstanceNumber = 7
    ds.ImagePositionPatient = [-10, -20, 30.5]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing = [0.7, 0.8]
    ds.SliceThickness = 1.25
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = photometric
    ds.Rows, ds.Columns = stored.shape[-2:]
    ds.BitsAllocated, ds.BitsStored = allocated, bits
    ds.HighBit = bits - 1 if high is None else high
    ds.PixelRepresentation = 1 if signed else 0
    if frames: ds.NumberOfFrames = frames
    ds.WindowCenter, ds.WindowWidth = [40, -600], [400, 1500]
    ds.RescaleIntercept, ds.RescaleSlope = intercept, slope
    private = Dataset(); private.add_new(0x00091001, "LO", "inner"); deep = Dataset(); deep.CodeMeaning = "deepest"; private.ConceptNameCodeSequence = Sequence([deep])
    ds.add_new(0x00090010, "LO", "COVIDCTNET TEST")
    ds.add_new(0x00091002, "SQ", Sequence([private]))
    ds.RequestAttributesSequence = Sequence([Dataset()])
    if extra: extra(ds)
    shifted = (stored & ((1 << bits) - 1)) << (ds.HighBit + 1 - bits)
    big = syntax == ExplicitVRBigEndian
    ds.PixelData = shifted.astype((">" if big else "<") + ("u2" if allocated == 16 else "u1")).tobytes()
    if len(ds.PixelData) % 2: ds.PixelData += b"\0"
    ds.is_little_endian, ds.is_implicit_VR = not big, syntax == ImplicitVRLittleEndian
    path = os.path.join(out, name)
    if part10: pydicom.dcmwrite(path, ds, write_like_original=False)
    else:
        with pydicom.filebase.DicomFileLike(open(path, "wb")) as f:
            f.is_little_endian, f.is_implicit_VR = ds.is_little_endian, ds.is_implicit_VR
            del ds.file_meta
            pydicom.filewriter.write_dataset(f, ds)
    return path

def run(*a): subprocess.run(a, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

def dcmtk_values(path):
    with tempfile.TemporaryDirectory() as t:
        plain = os.path.join(t, "p.dcm")
        for tool in ("dcmdjpeg", "dcmdrle", "dcmconv"):
            extra = ["+cn"] if tool == "dcmdjpeg" else []
            if subprocess.run([tool, "+te", *extra, path, plain], capture_output=True).returncode == 0:
                break
        ds = pydicom.dcmread(plain, force=True)
        return raw(ds)

def raw(ds):
    bits, high = ds.BitsStored, ds.HighBit
    kind = "u2" if ds.BitsAllocated == 16 else "u1"
    v = np.frombuffer(ds.PixelData, "<" + kind).astype(np.int64)
    v = v[: ds.Rows * ds.Columns * int(ds.get("NumberOfFrames", 1)) * ds.SamplesPerPixel]
    v = (v >> (high + 1 - bits)) & ((1 << bits) - 1)
    if ds.PixelRepresentation: v = np.where(v >> (bits - 1), v - (1 << bits), v)
    return v

def gdcm_values(path):
    with tempfile.TemporaryDirectory() as t:
        plain = os.path.join(t, "p.dcm")
        r = gdcm.ImageReader(); r.SetFileName(path)
        if not r.Read(): return None
        image = r.GetImage()
        ds = pydicom.dcmread(path, force=True)
        buffer = image.GetBuffer().encode("utf-8", errors="surrogateescape")
        if str(image.GetPixelFormat().GetScalarTypeAsString()).endswith("8"):
            v = np.frombuffer(buffer, "u1")
        else:
            v = np.frombuffer(buffer, "<u2")
        bits = ds.BitsStored
        v = v.astype(np.int64) & ((1 << bits) - 1)
        if ds.PixelRepresentation: v = np.where(v >> (bits - 1), v - (1 << bits), v)
        return v

def note(path, values, by, kind="stored", **more):
    expected.append(dict(file=os.path.basename(path), kind=kind, by=by, values=[int(v) if float(v).is_integer() else float(v) for v in np.asarray(values).ravel()], **more))

def check_dicom(path, truth=None, gdcm_too=True):
    a = dcmtk_values(path)
    by = ["dcmtk"]
    if gdcm_too:
        b = gdcm_values(path)
        assert b is not None and np.array_equal(a, b), path
        by.append("gdcm")
    if truth is not None: assert np.array_equal(a, truth.ravel()), path
    note(path, a, by)

W, H = 20, 14
s16 = pattern(W, H, -900, 1500); u12 = pattern(W, H, 100, 4000); u8 = pattern(W, H, 0, 255)
explicit = ct("explicit_s16.dcm", s16, True, 16)
check_dicom(explicit, s16)
check_dicom(ct("implicit_s16.dcm", s16, True, 16, syntax=ImplicitVRLittleEndian), s16)
check_dicom(ct("big_u12.dcm", u12, False, 12, syntax=ExplicitVRBigEndian), u12)
check_dicom(ct("high_bit_u12.dcm", u12, False, 12, high=15), u12, gdcm_too=False)
check_dicom(ct("mono1_u8.dcm", u8, False, 8, allocated=8, intercept=-1000, slope=4, photometric="MONOCHROME1"), u8)
check_dicom(ct("signed_s12.dcm", pattern(W, H, -1000, 1000), True, 12), pattern(W, H, -1000, 1000))
def padded(ds): ds.add_new(0x00280120, "SS", -2000); ds.add_new(0x00280121, "SS", -1995)
pad = s16.copy(); pad[0, :5] = [-2000, -1999, -1995, -1994, -2001]
check_dicom(ct("padding_s16.dcm", pad, True, 16, extra=padded), pad)
three = np.stack([u12, u12[::-1], u12[:, ::-1]])
frames = ct("frames_u12.dcm", three, False, 12, frames=3)
check_dicom(frames, three)
bare = ct("bare_implicit.dcm", s16, True, 16, syntax=ImplicitVRLittleEndian, part10=False); note(bare, s16, ["pydicom"])
bare = ct("bare_explicit", s16, True, 16, part10=False); note(bare, s16, ["pydicom"])

def made(name, *cmd, source=explicit):
    path = os.path.join(out, name)
    run(*[path if c == "OUT" else source if c == "IN" else c for c in cmd])
    return path
check_dicom(made("undefined_lengths.dcm", "dcmconv", "+te", "-e", "IN", "OUT"), s16)
check_dicom(made("deflated.dcm", "dcmconv", "+td", "IN", "OUT"), s16, gdcm_too=False)
check_dicom(made("rle_s16.dcm", "dcmcrle", "IN", "OUT"), s16)
check_dicom(made("rle_frames.dcm", "dcmcrle", "IN", "OUT", source=frames), three)
check_dicom(made("lossless_p14_sv1.dcm", "dcmcjpeg", "+e1", "IN", "OUT", source=os.path.join(out, "big_u12.dcm")), u12)
for predictor in (2, 4, 5, 6, 7):
    check_dicom(made(f"lossless_p14_sv{predictor}.dcm", "dcmcjpeg", "+el", "+sv", str(predictor), "IN", "OUT"), s16)
check_dicom(made("lossless_frames.dcm", "dcmcjpeg", "+e1", "IN", "OUT", source=frames), three)
check_dicom(made("lossless_gdcm.dcm", "gdcmconv", "--jpeg", "IN", "OUT"), s16)
check_dicom(made("baseline_u8.dcm", "dcmcjpeg", "+eb", "+q", "90", "+cn", "IN", "OUT", source=ct("u8.dcm", u8, False, 8, allocated=8)))
check_dicom(os.path.join(out, "u8.dcm"), u8)
for name, option in (("jpegls.dcm", "--jpegls"), ("j2k.dcm", "--j2k")):
    made(name, "gdcmconv", option, "IN", "OUT")

# Enhanced CT: rescale and geometry in the functional groups.
def enhanced(ds):
    for word in ("RescaleIntercept", "RescaleSlope", "WindowCenter", "WindowWidth", "ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness"): delattr(ds, word)
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2.1"; ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    shared, measures, orientation = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing, measures.SliceThickness = [0.5, 0.6], 2
    orientation.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    shared.PixelMeasuresSequence, shared.PlaneOrientationSequence = Sequence([measures]), Sequence([orientation])
    groups = []
    for i in range(3):
        g, t, p = Dataset(), Dataset(), Dataset()
        t.RescaleIntercept, t.RescaleSlope, t.RescaleType = -1000 - i, 1 + i, "HU"
        p.ImagePositionPatient = [0, 0, 5 * i]
        g.PixelValueTransformationSequence, g.PlanePositionSequence = Sequence([t]), Sequence([p])
        groups.append(g)
    ds.SharedFunctionalGroupsSequence, ds.PerFrameFunctionalGroupsSequence = Sequence([shared]), Sequence(groups)
for name, syntax in (("enhanced.dcm", ExplicitVRLittleEndian), ("enhanced_implicit.dcm", ImplicitVRLittleEndian)):
    note(ct(name, three, False, 12, frames=3, extra=enhanced, syntax=syntax), three, ["pydicom"])

# RGB, as secondary captures have it.
rgb = np.stack([u8, u8[::-1], 255 - u8], -1).astype(np.uint8)
def color(ds):
    ds.SamplesPerPixel, ds.PlanarConfiguration, ds.Modality = 3, 0, "OT"
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
for planar in (0, 1):
    def colored(ds):
        color(ds); ds.PlanarConfiguration = planar; ds.PhotometricInterpretation = "RGB"
    data = rgb if planar == 0 else np.moveaxis(rgb, -1, 0)
    path = ct(f"rgb_{planar}.dcm", u8, False, 8, allocated=8, extra=colored)
    ds = pydicom.dcmread(path); ds.PixelData = np.ascontiguousarray(data).tobytes(); ds.save_as(path, write_like_original=False)
    r, g, b = (rgb[..., i].astype(np.uint64) for i in range(3))
    note(path, (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16, ["pydicom"], kind="pixels")

# NIfTI: every order and direction of axes, both versions, both ways of orientation; values by nibabel in LPS order.
rng = np.random.default_rng(5)
volume = rng.integers(-1024, 1500, (5, 6, 7)).astype(np.int16)
def nifti(name, image):
    path = os.path.join(out, name)
    nibabel.save(image, path)
    ras = nibabel.as_closest_canonical(nibabel.load(path))
    # Canonical is right, front, head by columns: rows to the back, columns to the left, slices upward.
    values = np.asarray(ras.dataobj, dtype=np.float64)[::-1, ::-1, :].transpose(2, 1, 0)
    note(path, np.round(values, 6), ["nibabel"], kind="slices", shape=list(values.shape))
for index, flips in enumerate([(1, 1, 1), (-1, -1, 1), (1, -1, -1)]):
    for order in ((0, 1, 2), (2, 0, 1), (1, 2, 0)):
        affine = np.zeros((4, 4)); affine[3, 3] = 1
        for axis, world in enumerate(order): affine[world, axis] = flips[axis] * (0.7 + axis)
        affine[:3, 3] = [3, 4, 5]
        image = nibabel.Nifti1Image(volume, affine)
        if index == 1: image.set_sform(None, 0); image.set_qform(affine, 1)
        nifti(f"n1_{index}_{''.join(map(str, order))}.nii", image)
axial = np.diag([0.7, 0.8, 1.5, 1])
nifti("n1.nii.gz", nibabel.Nifti1Image(volume, axial))
nifti("n2.nii", nibabel.Nifti2Image(volume, axial))
nifti("n2.nii.gz", nibabel.Nifti2Image(volume.astype(np.float32) + 0.25, axial))
nifti("n1_float64.nii", nibabel.Nifti1Image(volume.astype(np.float64) / 3, axial))
nifti("n1_big.nii", nibabel.Nifti1Image(volume, axial, nibabel.Nifti1Header(endianness=">")))
scaled = nibabel.Nifti1Image(volume, axial); scaled.header.set_slope_inter(2, -7); nifti("n1_scaled.nii", scaled)
nifti("n1_u8.nii", nibabel.Nifti1Image((volume % 256).astype(np.uint8), axial))

# TIFF.
def tiff(name, data, kind="pixels", values=None, **options):
    path = os.path.join(out, name)
    tifffile.imwrite(path, data, **options)
    back = tifffile.imread(path)
    note(path, np.round((back if values is None else values).astype(np.float64), 6), ["tifffile"], kind=kind)
    return path
gray16 = (u12 * 16).astype(np.uint16)
plain16 = tiff("gray16.tif", gray16)
tiff("gray8.tif", u8.astype(np.uint8))
tiff("gray16_big.tif", gray16, byteorder=">")
tiff("hu_s16.tif", s16.astype(np.int16))
tiff("hu_f32.tif", (s16 / 4).astype(np.float32))
tiff("unit_f32.tif", (u8 / 255).astype(np.float32))
tiff("tiled16.tif", np.tile(gray16, (3, 2)), tile=(16, 16))
tiff("bigtiff16.tif", gray16, bigtiff=True)
tiff("pages16.tif", np.stack([gray16, gray16[::-1]]), kind="slices", photometric="minisblack")
tiff("rgb8.tif", rgb, photometric="rgb", values=(rgb[..., 0].astype(np.uint64) * 19595 + rgb[..., 1].astype(np.uint64) * 38470 + rgb[..., 2].astype(np.uint64) * 7471 + 0x8000) >> 16)
for compression in ("lzw", "zip", "packbits"):
    path = made(f"gray16_{compression}.tif", "tiffcp", "-c", compression + (":2" if compression != "packbits" else ""), "IN", "OUT", source=plain16)
    note(path, gray16, ["libtiff"], kind="pixels")
path = made("magick_white0.tif", "convert", "IN", "-negate", "-define", "quantum:polarity=min-is-white", "-compress", "zip", "OUT", source=plain16)
shown = subprocess.run(["convert", path, "-depth", "16", "-endian", "LSB", "gray:-"], check=True, capture_output=True).stdout
note(path, np.frombuffer(shown, "<u2"), ["imagemagick"], kind="pixels")

json.dump(expected, open(os.path.join(here, "expected.json"), "w"), separators=(",", ":"))
print(len(expected), "files")
