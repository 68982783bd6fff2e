<#
.SYNOPSIS
    The rollout of Vision-to-Code: the plan's timeline from 09:00 to 17:00, one phase of the document, one phase here.
.DESCRIPTION
    Everything that is decided stands in the plan; everything that happens stands in the journal. When this script is started again, after a
    crash or on purpose, it goes on where it stopped: phases and steps that are done are not done twice. Messages that the plan repeats
    (the hourly progress on the status page) are sent by themselves, whenever the rollout waits.

    Exit codes: 0 signed off, 1 error, 3 rolled back (the old version serves everything), 4 stopped, 5 held (people decide, then start it again).
.EXAMPLE
    ./Start-VisionRollout.ps1 -Version v1.1.0
    The rollout in production, with the addresses that stand in the plan.
.EXAMPLE
    ./Start-VisionRollout.ps1 -Version v1.1.0 -Endpoint ./rehearsal.json -JournalPath ./journals
    The same against other addresses, for example a rehearsal cluster.
#>
[CmdletBinding()]
param(
    # The plan.
    [string] $Plan = [System.IO.Path]::Combine($PSScriptRoot, 'rollout.psd1'),

    # The environment of the plan.
    [string] $Environment = 'production',

    # The version to roll out: the image tag.
    [string] $Version = 'v1.1.0',

    # Other addresses than those in the plan: an object or a JSON file.
    [object] $Endpoint,

    # Folder of the journals.
    [string] $JournalPath,

    # Folder of the report.
    [string] $ReportPath = [System.IO.Path]::Combine($PWD.Path, 'report'),

    # Approvals given ahead for an unattended run: gate = roles that have approved.
    [hashtable] $Approval = @{},

    # With whose credentials those approvals are given: role = context of the kubeconfig. Without, with those of this script.
    [hashtable] $ApproverContext = @{},

    # Checklists that people have confirmed before the start. Others are asked for at the prompt.
    [string[]] $Confirmed = @(),

    # Checks of your own: name = script block that gives Go, NoGo or Undecided, $true or $false, or an object with Verdict and Reason. They are run
    # at every look at the new version: during the canary, while gates and phases wait, at the cutover and after it.
    [hashtable] $Check = @{},

    # Begins once more after a stop or a rollback on the same day. Without it, this script only tells how that rollout has ended.
    [switch] $NewAttempt
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module VisionRollout)) { Import-Module VisionRollout }

$connection = @{ Plan = $Plan; Environment = $Environment }
if ($Endpoint)    { $connection.Endpoint = $Endpoint }
if ($JournalPath) { $connection.JournalPath = $JournalPath }
$session = Connect-Rollout @connection

# A chat or a status page that is down is a warning: it must not end a rollout.
$PSDefaultParameterValues = @{ 'Send-RolloutMessage:BestEffort' = $true }
foreach ($command in 'Start-Canary', 'Step-Canary', 'Watch-Canary', 'Test-RolloutGate', 'Invoke-RolloutPhase', 'Switch-Traffic', 'Watch-Rollout') {
    $PSDefaultParameterValues["${command}:Check"] = $Check
}

# Items of a checklist: those that were confirmed ahead are recorded, the others are asked for. With -Ahead nobody is asked: a gate waits for them,
# which can be confirmed from any shell, and the guards stay on watch meanwhile.
function Confirm-Checklist([string] $Name, [switch] $Ahead) {
    $all = $Confirmed -contains $Name -or $Confirmed -contains '*'
    if ($all -or -not $Ahead) { Confirm-RolloutChecklist $Name -All:$all }
}

# What people must know when it did not end as planned, in the channels of the plan, once. Customers are told what is seen, not what was asked for.
function Send-EndMessage($End, $Failure) {
    $back = $End.Status -in 'RolledBack', 'Stopped'
    # After the sign-off nothing has happened to the users, whatever else went wrong.
    if ($End.Status -ne 'Succeeded') {
        Send-RolloutMessage $(if ($back) { $End.Status } else { 'Incident' }) -Reason $(if ($End.Reason) { $End.Reason } else { $Failure.Exception.Message }) -Occasion "$($End.Status) $($End.Resumes)"
    }
    try { $served = (Get-Traffic | Where-Object Colour -eq $End.FromColour).Weight -ge 1 } catch { $served = $false }
    if ($back -and $served) { Send-RolloutMessage MaintenanceEnded }
}

# A rollout that does not start says so itself: whatever else is under way is not its to report on.
try { $rollout = Start-Rollout -Version $Version -NewAttempt:$NewAttempt }
catch {
    $failure = $_
    $end = try { Get-Rollout } catch { }
    # Ended before, on the old version: that stands, also when a worker starts the script again by itself. A way back that is still not through is people's.
    $ended = $failure.FullyQualifiedErrorId -match '^Rollout(Ended|Stopped)'
    $stuck = $end.Version -eq $Version -and $end.Status -in 'Stopping', 'RollingBack' -and $failure.FullyQualifiedErrorId -notmatch '^Lease(Held|Lost)'
    if (-not ($ended -or $stuck)) { throw $failure }
    $ErrorActionPreference = 'Continue'
    Send-EndMessage $end $failure
    Get-Rollout
    $PSCmdlet.WriteError($failure)
    exit $(if ($end.ExitCode) { $end.ExitCode } else { 1 })
}

try {
    "$($rollout.Version) to $($rollout.Environment), from $($rollout.FromColour) to $($rollout.ToColour)$(if ($rollout.Resumes) { ', resumed' }). Journal: $($rollout.Journal)"
    # Also when it is started again: approvals may have come since.
    foreach ($gate in $Approval.Keys) {
        # What was given ahead and has expired since, with the evidence it was for, people give anew.
        $open = Test-RolloutGate $gate -Check @{}
        $missing = if (-not $open.Expired) { $open.Missing }
        foreach ($role in $Approval[$gate] | Where-Object { $missing -contains $_ }) {
            $as = if ($ApproverContext[$role]) { @{ Context = $ApproverContext[$role] } } else { @{} }
            Approve-RolloutGate $gate -Role $role -Comment 'Given ahead of the rollout' -ValidFor 12:00:00 @as
        }
    }

    # What the steps give back stands in the journal and in the report; here each says in a line what it did.

    # 09:00  Preparation: team sync, final checks
    Invoke-RolloutPhase 'Preparation' {
        Invoke-RolloutStep 'Announce' {
            Send-RolloutMessage Started
            Send-RolloutMessage MaintenanceStarted
        }
        foreach ($checklist in $session.Plan.Checklists | Where-Object When -Match '^T-') {
            Invoke-RolloutStep "Checklist: $($checklist.Name)" { Confirm-Checklist $checklist.Name }
        }
        Invoke-RolloutStep 'The old version is healthy' { Test-Deployment $rollout.FromColour }
    } | Out-Null

    # 09:30  Database: backup, migrations
    Invoke-RolloutPhase 'Database' {
        $backups = Invoke-RolloutStep 'Back up' { Get-RolloutService | Backup-ServiceDatabase }
        Invoke-RolloutStep 'Test the backups'  { $backups | Test-ServiceDatabaseBackup }
        Invoke-RolloutStep 'Test the migrations' { Get-RolloutService | Test-DatabaseMigration }
        Invoke-RolloutStep 'Migrate'           { Get-RolloutService | Invoke-DatabaseMigration }
        Invoke-RolloutStep 'Schema versions'   { Get-RolloutService | Get-DatabaseMigration -Last 5 }
        Invoke-RolloutStep 'Announce'          { Send-RolloutMessage MigrationsComplete }
    } | Out-Null

    # 10:00  Blue deploy: deploy, test, validate
    Invoke-RolloutPhase 'Blue Deploy' {
        Invoke-RolloutStep 'Silence its alerts'  { Add-AlertSilence -Planned }
        Invoke-RolloutStep 'Deploy'              { Get-RolloutService | Deploy-Service | Watch-Deployment -Timeout 0:10:00 }
        Invoke-RolloutStep 'Test'                { Test-Deployment $rollout.ToColour }
        Invoke-RolloutStep 'Confirm'             { Confirm-Checklist 'Blue environment validation' }
        Invoke-RolloutStep 'Announce'            { Send-RolloutMessage BlueHealthy }
    } | Out-Null

    # 11:30  Canary: 5 %, 10 %, 25 %, 50 %
    Invoke-RolloutPhase 'Canary' {
        foreach ($stage in $session.Plan.Canary.Stages) {
            Invoke-RolloutStep "Canary at $($stage.Percent) %" {
                if ($stage.Percent -eq $session.Plan.Canary.Stages[0].Percent) {
                    Send-RolloutMessage CanaryStarted -Weight $stage.Percent
                    Start-Canary | Watch-Canary
                }
                else {
                    Send-RolloutMessage CanaryStage -Weight $stage.Percent -Occasion "$($stage.Percent)"
                    Step-Canary $stage.Percent | Watch-Canary
                }
            }
        }
        Invoke-RolloutStep 'Gate: go on to the cutover?' { Test-RolloutGate Canary -Wait }
    } | Out-Null

    # 13:00  Cutover: all traffic to the new version
    Invoke-RolloutPhase 'Cutover' {
        Invoke-RolloutStep 'Final validation'     { Test-Deployment $rollout.ToColour }
        Invoke-RolloutStep 'Gate: cut over?'      { Confirm-Checklist 'Business approval' -Ahead; Test-RolloutGate Cutover -Wait }
        Invoke-RolloutStep 'Announce'             { Send-RolloutMessage CutoverStarted }
        Invoke-RolloutStep 'Switch the traffic'   { Switch-Traffic $rollout.ToColour -Confirm:$false }
        Invoke-RolloutStep 'Keep the old version' { Protect-Environment $rollout.FromColour }
        Invoke-RolloutStep 'Watch for 15 minutes' { Watch-Rollout -For 0:15:00 }
        Invoke-RolloutStep 'Announce completion'  { Send-RolloutMessage DeploymentComplete; Send-RolloutMessage MaintenanceVerifying }
    } | Out-Null

    # 14:00  Validation: tests, monitoring
    Invoke-RolloutPhase 'Validation' {
        Invoke-RolloutStep 'Test'           { Test-Deployment $rollout.ToColour }
        Invoke-RolloutStep 'Watch'          { Watch-Rollout -For 0:30:00 }
        Invoke-RolloutStep 'Measure'        { Test-SuccessCriterion -Require }
    } | Out-Null

    # 15:00  Stabilization: monitor, optimize
    Invoke-RolloutPhase 'Stabilization' {
        Invoke-RolloutStep 'First hour'     { Watch-Rollout -Until 16:00 }
        Invoke-RolloutStep 'Second hour'    { Watch-Rollout -Until 17:00 }
        Invoke-RolloutStep 'Documentation'  { Confirm-Checklist 'Documentation updated' }
    } | Out-Null

    # 17:00  Complete: final sign-off
    Invoke-RolloutPhase 'Complete' {
        Invoke-RolloutStep 'Sign off' { Test-SuccessCriterion -Require; Complete-Rollout }
        Invoke-RolloutStep 'Announce' { Send-RolloutMessage Successful; Send-RolloutMessage MaintenanceCompleted }
    } | Out-Null
}
catch {
    $failure = $_
    $end = Get-Rollout
    # A channel that is down must not hide the failure.
    $ErrorActionPreference = 'Continue'
    # Whoever runs the rollout by now tells how it ends.
    if ($failure.FullyQualifiedErrorId -notmatch '^LeaseLost') { Send-EndMessage $end $failure }
    try { Export-RolloutReport -Path $ReportPath -Format Html, Json, Markdown } catch { $PSCmdlet.WriteError($_) }
    Get-Rollout
    $PSCmdlet.WriteError($failure)
    exit $(if ($end.ExitCode) { $end.ExitCode } elseif ($failure.FullyQualifiedErrorId -match '^RolloutHeld') { 5 } else { 1 })
}

Export-RolloutReport -Path $ReportPath -Format Html, Json, Markdown
Get-Rollout

exit 0
