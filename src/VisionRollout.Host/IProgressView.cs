using System.Management.Automation;

namespace VisionRollout.Host;

/// <summary>Shows progress records, in the way that suits where the output goes.</summary>
internal interface IProgressView : IDisposable
{
    /// <summary>Takes one record.</summary>
    void Show(ProgressRecord record);

    /// <summary>Takes what is shown off the screen until the next record, so that a prompt can be read.</summary>
    void Suspend();
}
