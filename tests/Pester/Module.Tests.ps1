BeforeAll {
    $root = (Resolve-Path "$PSScriptRoot/../..").Path
    $manifest = "$root/artifacts/module/VisionRollout/VisionRollout.psd1"
    Import-Module $manifest -Force
}

AfterAll {
    Remove-Module VisionRollout -ErrorAction Ignore
}

Describe 'The module' {
    It 'has a valid manifest' {
        (Test-ModuleManifest $manifest).Name | Should -Be 'VisionRollout'
    }

    It 'exports exactly what its manifest names' {
        $named = (Import-PowerShellDataFile $manifest).CmdletsToExport | Sort-Object
        (Get-Command -Module VisionRollout).Name | Sort-Object | Should -Be $named
    }

    It 'exports only cmdlets' {
        (Get-Command -Module VisionRollout).CommandType | Sort-Object -Unique | Should -Be 'Cmdlet'
    }

    It 'keeps every command when it is imported again with -Force' {
        $before = (Get-Command -Module VisionRollout).Name | Sort-Object
        Import-Module $manifest -Force
        Import-Module $manifest -Force
        (Get-Command -Module VisionRollout).Name | Sort-Object | Should -Be $before
    }

    It 'runs a cmdlet after it is imported again' {
        Import-Module $manifest -Force
        Import-RolloutPlan "$root/examples/rollout.psd1" | Should -Not -BeNullOrEmpty
    }

    It 'is found by name when its folder is on the module path' {
        $found = pwsh -NoProfile -NonInteractive -Command "`$env:PSModulePath = '$root/artifacts/module'; (Import-Module VisionRollout -PassThru).Name"
        $found | Should -Be 'VisionRollout'
    }

    It 'writes nothing when it is imported' {
        $all = pwsh -NoProfile -NonInteractive -Command "`$VerbosePreference = 'SilentlyContinue'; Import-Module '$manifest' *>&1"
        $all | Should -BeNullOrEmpty
    }

    It 'has about topics' {
        Get-Help about_VisionRollout | Out-String | Should -Match 'VisionRollout'
    }

    It 'works beside a module that loaded another copy of YamlDotNet into the shell itself' {
        # PowerShell's own context has a copy before ours comes, as another module would have brought it.
        $yaml = "$root/artifacts/module/VisionRollout/rehearsal/YamlDotNet.dll"
        $name = pwsh -NoProfile -NonInteractive -Command @"
            [void][System.Reflection.Assembly]::LoadFrom('$yaml')
            Import-Module '$manifest'
            (Import-RolloutPlan '$root/examples/rollout.psd1').Name
"@
        $name | Should -Be 'vision-to-code'
    }
}
