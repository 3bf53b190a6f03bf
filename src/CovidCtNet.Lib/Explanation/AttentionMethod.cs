namespace CovidCtNet.Lib.Explanation;

/// <summary>How a map of model attention is computed.</summary>
public enum AttentionMethod
{
    /// <summary>
    /// Gradient-weighted class activation mapping (Selvaraju et al., "Grad-CAM", ICCV 2017, eq. 1-2): channels of a layer, weighted by
    /// their mean gradient.
    /// </summary>
    GradCam,

    /// <summary>
    /// Channels weighted by their positive gradients, each pixel with a weight of its own (Chattopadhay et al., "Grad-CAM++", WACV 2018,
    /// eq. 5-7 and 19).
    /// </summary>
    GradCamPlusPlus,

    /// <summary>Activations times positive gradients, pixel by pixel (Jiang et al., "LayerCAM", IEEE TIP 2021, eq. 6-8): sharper at early layers.</summary>
    LayerCam,

    /// <summary>Magnitude of the gradient of the class score by the input (Simonyan et al., "Deep Inside Convolutional Networks", 2013, section 3).</summary>
    InputGradient,

    /// <summary>Mean input gradient over noisy copies of the slice (Smilkov et al., "SmoothGrad", 2017, section 2).</summary>
    SmoothGrad,

    /// <summary>
    /// Input gradient integrated along the straight path from a baseline (Sundararajan et al., "Axiomatic Attribution for Deep Networks",
    /// ICML 2017, eq. 1): its sum is the difference of the class score.
    /// </summary>
    IntegratedGradients,

    /// <summary>
    /// What the network's own soft masks let through: the channel mean of an attention module's mask (Wang et al., "Residual Attention
    /// Network", CVPR 2017, eq. 3). It does not depend on the class.
    /// </summary>
    AttentionMask,

    /// <summary>Drop of the class's log-odds when a window of the slice is covered (Zeiler and Fergus, ECCV 2014, section 4.2).</summary>
    Occlusion,

    /// <summary>
    /// Grad-CAM of several layers in one map: the geometric mean of their maps, each scaled to [0, 1] and brought to the network's input, so
    /// that coarse layers say what counts and finer ones where (fusion of layers as in Jiang et al., "LayerCAM", section III-D, and the
    /// product of scales as in Englebert et al., "Poly-CAM", 2022). Each cell is put at the centre of its receptive field
    /// (<see cref="Onnx.OnnxCellGrids"/>), moved by <see cref="GraphExplainerOptions.AttentionOffset"/>. Layer-CAM of a finer layer is one more factor
    /// (<see cref="ExplainOptions.FineLayers"/>). The default: it agrees best with readers' masks.
    /// </summary>
    FusedGradCam,
}
